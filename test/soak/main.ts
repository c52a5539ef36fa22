import { cut, type Cut } from '../e2e/cut.js';
import { startWriter } from '../e2e/etcd-writer.js';
import type { RkeEvent } from '../../src/core/events.js';
import { atStart, listChanges, type Change, type Wanted } from './changes.js';
import { randomFrom } from './random.js';
import { soakRestore } from './restore.js';
import { SoakCluster } from './soak-cluster.js';

/**
 * `npm run soak [-- BOUNDARIES [SEED]]`, or `npm run soak -- restore [BOUNDARIES [SEED]]` for restores: changes a cluster in the lab, 20 times by default. Each run is killed at an operation drawn
 * at random; the next one must say what it found half-done, complete it, and leave nothing to do. A writer counts what etcd has
 * acknowledged.
 */
async function main(words: readonly string[]): Promise<void> {
  const isRestore = words[0] === 'restore';
  const [boundaries = isRestore ? '5' : '20', seed = String(Date.now() % 1_000_000)] = isRestore
    ? words.slice(1)
    : words;
  if (isRestore) return soakRestore(Number(boundaries), Number(seed));
  const random = randomFrom(Number(seed));
  console.log(`${boundaries} boundaries, seed ${seed}`);
  await using cluster = await SoakCluster.start();
  console.log(`the cluster runs; log and state are in ${cluster.folder.path}`);
  const writer = await startWriter(cluster.first);
  let wanted = atStart;
  let pending = '';
  let wasKilled = false;
  for (const [index, change] of listChanges(Number(boundaries)).entries()) {
    // Kills of the same change are kills of the run that completes the one before.
    if (change.title !== pending) {
      if (pending !== '') await finish(cluster, wanted, wasKilled);
      wanted = change.apply(wanted);
      await cluster.want(wanted);
    }
    pending = change.title;
    wasKilled = await kill(cluster, change, { number: index + 1, at: random(), isAfter: random() < 0.5 });
  }
  await finish(cluster, wanted, wasKilled);
  const { acknowledged, lost } = await writer.stop();
  console.log(`${acknowledged} writes acknowledged by etcd, ${lost.length} of them lost`);
  if (lost.length > 0) throw new Error(`lost: ${lost.slice(0, 10).join(', ')}`);
  await cluster.folder[Symbol.asyncDispose]();
}

interface Boundary {
  readonly number: number;
  /** From 0 to 1: the operation, among those that the plan has. */
  readonly at: number;
  readonly isAfter: boolean;
}

/** Runs `rke up` and kills it when the operation starts or is done. @returns false if it ended before */
async function kill(
  cluster: SoakCluster,
  change: Change,
  { number, at, isAfter }: Boundary,
): Promise<boolean> {
  let operations = 0;
  let seen = 0;
  let last: RkeEvent | undefined;
  const type = isAfter ? 'operation-finished' : 'operation-started';
  const run = await cut(cluster.folder, ['up', '--yes', '--disable-port-check'], 'SIGKILL', (event) => {
    if (event.type === 'plan-made') ({ operations } = event);
    if (event.type !== type) return false;
    seen += 1;
    if (seen !== 1 + Math.floor(at * operations)) return false;
    last = event;
    return true;
  });
  console.log(
    [
      `${number}. ${change.title}:`,
      last !== undefined && 'operation' in last
        ? `killed when operation ${seen} of ${operations} ${isAfter ? 'was done' : 'began'}: ${last.operation}`
        : 'not killed',
    ].join(' '),
  );
  if (!run.isCut) requireEnd(run, operations);
  return run.isCut;
}

/** A run that had no such operation must have done everything. */
function requireEnd({ code, stderr }: Cut, operations: number): void {
  if (code !== 0) throw new Error(`rke up failed with ${operations} operations:\n${stderr}`);
}

/** The next run completes what the killed ones have begun. */
async function finish(cluster: SoakCluster, wanted: Wanted, wasKilled: boolean): Promise<void> {
  const { stderr, seconds } = await cluster.complete();
  const said = /completing an earlier run: .*/.exec(stderr)?.[0] ?? '';
  // A run that was killed at its last operation may have done everything.
  const isComplete = stderr.includes('no change:');
  if (wasKilled && said === '' && !isComplete)
    throw new Error(`the run does not say what it found half-done:\n${stderr}`);
  await cluster.verify(wanted);
  console.log(
    `   ${said === '' ? 'no change' : said}\n   completed in ${seconds.toFixed(0)} s; nothing is left to do`,
  );
}

await main(process.argv.slice(2));
