import { measureChange, type Change } from './change.js';
import { measureGraph } from './graph.js';
import { measureNoChange } from './no-change.js';
import { measureStart } from './start.js';
import { measureSnapshot } from './snapshot.js';
import { measureUp, type UpTimes } from './up.js';
import { measureValidate } from './validate.js';
import { measureWorker } from './worker.js';

/** The time of RKE v1.6 in this lab with images present, in seconds: the reference for the targets. */
const goRke = new Map([
  [1, { fresh: 74, noChange: 21 }],
  [3, { fresh: 113, noChange: 59 }],
]);

const parts = [
  'start',
  'validate',
  'graph',
  'no-change',
  'add-worker',
  'upgrade',
  'up',
  'worker',
  'snapshot',
];

/** `npm run bench` measures everything; `npm run bench -- PART [NODES…]` a part of it. */
async function main([what, ...counts]: readonly string[]): Promise<void> {
  if (what !== undefined && !parts.includes(what)) {
    console.error(`usage: npm run bench [-- ${parts.join('|')} [NODES…]]`);
    process.exitCode = 2;
    return;
  }
  const numbers = (otherwise: readonly number[]): readonly number[] =>
    counts.length === 0 ? otherwise : counts.map(Number);
  const isAsked = (part: string): boolean => what === undefined || what === part;
  if (isAsked('start')) await benchStart();
  if (isAsked('validate')) await benchValidate(numbers([1000, 10_000]));
  if (isAsked('graph')) await benchGraph(numbers([100, 1000, 5000]));
  if (isAsked('no-change')) await benchNoChange(numbers([100]));
  if (isAsked('add-worker')) await benchChange('add-worker', numbers([3, 100]));
  if (isAsked('upgrade')) await benchChange('upgrade', numbers([100]));
  if (isAsked('up')) await benchUp(numbers([1, 3]));
  if (isAsked('worker')) await benchWorker();
  if (isAsked('snapshot')) await benchSnapshot(numbers([3, 1]));
}

async function benchStart(): Promise<void> {
  console.log('start                       best ms   middle ms   (target for the executable: 200 ms)');
  for (const { command, times } of await measureStart())
    console.log(
      [
        command.padEnd(26),
        times === undefined ? '  not here' : `${cell(times.best, 0, 8)} ${cell(times.middle, 0, 11)}`,
      ].join(' '),
    );
}

async function benchGraph(counts: readonly number[]): Promise<void> {
  console.log(
    'plan and run          hosts   operations      edges   plan s    run s   (target for 1000 hosts: 3 s)',
  );
  // Warm-up, because V8 optimizes the code after the first runs.
  await measureGraph(50);
  for (const count of counts)
    for (const { hosts, what, operations, edges, planSeconds, runSeconds } of await measureGraph(count))
      console.log(
        [
          what.padEnd(18),
          cell(hosts, 0, 8),
          cell(operations, 0, 12),
          cell(edges, 0, 10),
          cell(planSeconds, 2, 8),
          cell(runSeconds, 2, 8),
        ].join(' '),
      );
}

async function benchNoChange(counts: readonly number[]): Promise<void> {
  console.log(
    'no change                  seconds   our CPU   peak MiB   SSH   channels   commands   round trips in a row: middle   most',
  );
  for (const count of counts)
    for await (const run of measureNoChange(count, [0, 200]))
      console.log(
        [
          `${run.command}, ${count} hosts, ${run.latency} ms`.padEnd(24),
          cell(run.seconds, 1, 9),
          cell(run.cpuSeconds, 1, 9),
          cell(run.peakMegabytes, 0, 10),
          cell(run.connections, 0, 5),
          cell(run.channels, 0, 10),
          cell(run.commands, 0, 10),
          // Without latency, responses arrive so fast that round trips cannot be counted.
          ...(run.isUnchanged ? [] : ['   CHANGED SOMETHING']),
          ...(run.latency === 0 ? [] : [cell(run.roundTrips, 0, 29), cell(run.mostRoundTrips, 0, 6)]),
        ].join(' '),
      );
}

async function benchChange(change: Change, counts: readonly number[]): Promise<void> {
  const target = change === 'upgrade' ? '1000 hosts: 30 s of CPU' : 'the same change with 3 and 1000 hosts';
  console.log(
    `${change.padEnd(12)} seconds   our CPU   peak MiB   operations   the change: seconds   CPU   requests   (target: ${target})`,
  );
  for (const count of counts) {
    const run = await measureChange(count, change);
    console.log(
      [
        `${count} hosts`.padEnd(10),
        cell(run.seconds, 1, 9),
        cell(run.cpuSeconds, 1, 9),
        cell(run.peakMegabytes, 0, 10),
        cell(run.operations, 0, 12),
        cell(run.changeSeconds, 1, 21),
        cell(run.moreCpuSeconds, 1, 5),
        cell(run.moreRequests, 0, 10),
      ].join(' '),
    );
  }
}

async function benchValidate(counts: readonly number[]): Promise<void> {
  console.log('rke config validate    seconds       MiB   (target for 1000 nodes: 0.4 s, 120 MiB)');
  for (const { nodes, seconds, megabytes } of await measureValidate(counts))
    console.log(`${`${nodes} nodes`.padEnd(20)} ${cell(seconds, 2, 9)} ${cell(megabytes, 0, 9)}`);
}

async function benchUp(counts: readonly number[]): Promise<void> {
  const rows: UpTimes[] = [];
  for (const count of counts) rows.push(await measureUp(count));
  console.log(
    'rke up        fresh   floor   fresh/floor   fresh/Go rke   whole run   no change   (seconds; targets: 1.3, 0.35, no change 2)',
  );
  for (const { nodes, fresh, floor, wholeRun, noChange } of rows) {
    const go = goRke.get(nodes);
    const cells = [
      `${nodes} node${nodes === 1 ? ' ' : 's'}`.padEnd(12),
      cell(fresh, 1, 6),
      cell(floor, 1, 7),
      cell(fresh / floor, 2, 13),
      go === undefined ? ''.padStart(14) : cell(fresh / go.fresh, 2, 14),
      cell(wholeRun, 1, 11),
      cell(noChange, 1, 11),
    ];
    console.log(cells.join(' '));
  }
}

async function benchWorker(): Promise<void> {
  const { add, remove, drain } = await measureWorker();
  console.log(
    'worker of 3 + 1 nodes   added   removed   its drain   (seconds; Go rke 104 and 53; targets: 15, and 8 above the drain)',
  );
  console.log(`${''.padEnd(21)} ${cell(add, 1, 7)} ${cell(remove, 1, 9)} ${cell(drain, 1, 11)}`);
}

/** A small database on all counts of nodes but 1, which gets one of 500 MiB and is restored. */
async function benchSnapshot(counts: readonly number[]): Promise<void> {
  console.log(
    'snapshot      db MiB   save   etcdctl save   restore   its etcd   etcdctl restore   (seconds; Go rke saves on 3 nodes in 16, target 2 plus the copy)',
  );
  for (const count of counts) {
    const run = await measureSnapshot(count, count === 1 ? 500 : undefined);
    const { restore, restoreEtcd, etcdctlRestore } = run;
    const optional = (value: number | undefined, width: number): string =>
      value === undefined ? '-'.padStart(width) : cell(value, 1, width);
    console.log(
      [
        `${count} node${count === 1 ? ' ' : 's'}`.padEnd(12),
        cell(run.megabytes, 0, 7),
        cell(run.save, 1, 6),
        cell(run.etcdctlSave, 1, 14),
        optional(restore, 9),
        optional(restoreEtcd, 10),
        optional(etcdctlRestore, 17),
      ].join(' '),
    );
  }
}

const cell = (value: number, digits: number, width: number): string => value.toFixed(digits).padStart(width);

await main(process.argv.slice(2));
