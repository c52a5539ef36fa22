import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  planEncryptionOperations,
  planSteps,
  withEncryptionFile,
} from '../../src/run/encryption/encryption-of-run.js';
import { runGraph } from '../../src/execute/run-graph.js';
import { parseEncryption } from '../../src/plan/encryption/parse-encryption.js';
import { planKeyRotation } from '../../src/plan/encryption/key-rotation.js';
import { planEncryptionPath, pairBeforeSteps } from '../../src/plan/encryption/encryption-path.js';
import { renderEncryption } from '../../src/plan/encryption/encryption-configuration.js';
import { stepOperations } from '../../src/reconcile/intents/encryption-operations.js';
import { noRollout } from '../../src/reconcile/diff/file-readers.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { fakeClock } from '../fakes/clock.js';
import { EncryptedCluster, planWith } from '../fakes/encrypted-cluster.js';
import { expandTurns } from '../fakes/turn-order.js';
import { recordingSink } from '../fakes/recording-sink.js';

const key = (name: string): { name: string; secret: string } => ({
  name: `k-${name}`,
  secret: name.padStart(44, 'x'),
});
const own = renderEncryption([key('a')]);
let made = 0;
/** No two keys are alike, however many are made. */
const createKey = (): ReturnType<typeof key> => key(`n${made++}`);

interface Cut {
  /** Operations that are done before the run is interrupted. */
  readonly after: number;
  /** Host whose API server crashes and comes back at that moment. */
  readonly crash: number;
}

/** Runs operations until the run is interrupted; all later calls fail. */
async function run(cluster: EncryptedCluster, operations: readonly Operation[], cut?: Cut): Promise<boolean> {
  let done = 0;
  const faults: unknown[] = [];
  const outcomes = await runGraph(operations, {
    events: recordingSink(),
    clock: fakeClock(),
    signal: new AbortController().signal,
    perform: async (operation) => {
      await Promise.resolve();
      if (cut !== undefined && done >= cut.after) throw new Error('cut off');
      done += 1;
      try {
        cluster.perform(operation);
      } catch (error) {
        faults.push(error);
        throw error;
      }
    },
  });
  if (faults.length > 0) throw faults[0];
  const hosts = [...cluster.servers.keys()];
  if (cut !== undefined) cluster.restart(hosts[cut.crash % hosts.length] ?? '');
  cluster.check('a crash');
  return [...outcomes.values()].every(({ status }) => status === 'done');
}

function rotate(cluster: EncryptedCluster, cut?: Cut): Promise<boolean> {
  const count = cluster.servers.size;
  const steps = planKeyRotation({ ...cluster.pair, controlPlanes: count, createKey });
  const planned = planSteps(steps, (text) => planWith(count, text).nodes);
  cluster.pair = pairBeforeSteps(steps, steps[0]?.text ?? '', cluster.pair);
  const operations = planned.flatMap((step, index) =>
    stepOperations(step, cluster.observe(), {
      name: `key:${index}`,
      after: index === 0 ? [] : [`key:${index - 1}:note`],
    }),
  );
  return run(cluster, operations, cut);
}

const canRotate = ({ pair }: EncryptedCluster): boolean =>
  [pair.desired, pair.current].every((text) => parseEncryption(text)?.ending === false);

function up(cluster: EncryptedCluster, choice: 'generated' | 'off', cut?: Cut): Promise<boolean> {
  const count = cluster.servers.size;
  const path = planEncryptionPath({ ...cluster.pair, choice, isNew: false, controlPlanes: count, createKey });
  const observed = cluster.observe();
  const { operations } = planUp(planWith(count, path.text), observed, {
    addonTimeoutSeconds: 45,
    rollout: withEncryptionFile(noRollout, path),
  });
  const steps = planSteps(path.steps, (text) => planWith(count, text).nodes);
  if (steps.length > 0) cluster.pair = pairBeforeSteps(path.steps, path.text, cluster.pair);
  return run(cluster, [...operations, ...planEncryptionOperations(steps, observed, operations)], cut);
}

const cuts = fc.array(fc.record({ after: fc.nat(40), crash: fc.nat(2) }), { maxLength: 4 });
const sizes = fc.integer({ min: 1, max: 3 });

/** All Secrets that were there before `act` are stored with this key alone, or in clear. */
function storedWith(cluster: EncryptedCluster): string[] {
  return [...new Set(cluster.secrets.values())];
}

describe('a rotation of the key', () => {
  it('ends with one new key everywhere, and every Secret readable at every moment, wherever it is interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, cuts, async (count, interruptions) => {
        const cluster = new EncryptedCluster(count, own);
        for (const cut of interruptions) await rotate(cluster, cut);
        while (!(await rotate(cluster))) throw new Error('it does not come to an end');
        const text = cluster.pair.current;
        expect(cluster.pair.desired).toBe(text);
        expect(parseEncryption(text)).toMatchObject({ keys: [{}], ending: false });
        expect(text).not.toBe(own);
        for (const server of cluster.servers.values())
          expect(server).toMatchObject({ file: text, read: text });
        expect(storedWith(cluster)).toEqual([parseEncryption(text)?.keys[0]?.secret]);
      }),
      { numRuns: 200 },
    );
  });

  it('is ended by a run of rke up as well', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, cuts, cuts, async (count, first, second) => {
        const cluster = new EncryptedCluster(count, own);
        for (const cut of first) await rotate(cluster, cut);
        for (const cut of second) await up(cluster, 'generated', cut);
        expect(await up(cluster, 'generated')).toBe(true);
        const { desired, current } = cluster.pair;
        expect(desired).toBe(current);
        expect(parseEncryption(current)).toMatchObject({ keys: [{}], ending: false });
        for (const server of cluster.servers.values())
          expect(server).toMatchObject({ file: current, read: current });
        expect(storedWith(cluster)).toEqual([parseEncryption(current)?.keys[0]?.secret]);
      }),
      { numRuns: 100 },
    );
  });

  it('ends one that RKE was interrupted in, which went back to the old key', async () => {
    const cluster = new EncryptedCluster(3, renderEncryption([key('b'), key('a')]));
    cluster.pair = { ...cluster.pair, desired: own };
    expect(await rotate(cluster)).toBe(true);
    expect(cluster.pair.current).toBe(renderEncryption([key('b')]));
  });

  it('ends one that RKE was interrupted in before it recorded the desired half', async () => {
    const cluster = new EncryptedCluster(3, renderEncryption([key('b')]));
    cluster.pair = { ...cluster.pair, desired: own };
    expect(await up(cluster, 'generated')).toBe(true);
    expect(cluster.pair).toEqual({
      desired: renderEncryption([key('b')]),
      current: renderEncryption([key('b')]),
    });
  });

  it('is not taken for done if encryption was being disabled and is then enabled again', async () => {
    const cluster = new EncryptedCluster(1, own);
    await up(cluster, 'off', { after: 3, crash: 0 });
    cluster.write();
    await up(cluster, 'generated', { after: 0, crash: 0 });
    expect(await up(cluster, 'generated')).toBe(true);
    expect(storedWith(cluster)).toEqual([parseEncryption(own)?.keys[0]?.secret]);
  });

  it('is refused if nothing is encrypted with one of our keys', () => {
    for (const text of ['', 'resources: []', renderEncryption([key('a')], { ending: true })])
      expect(() => planKeyRotation({ desired: text, current: text, controlPlanes: 1, createKey })).toThrow(
        expect.objectContaining({ code: 'ENCRYPTION_NOT_READY' }) as Error,
      );
  });
});

describe('turning encryption on and off, with rotations between', () => {
  it('leaves every Secret readable at every moment, and in the end stored as cluster.yml sets', async () => {
    const change = fc.record({
      choice: fc.constantFrom('generated' as const, 'off' as const, 'rotate' as const),
      cut: fc.option(cuts),
    });
    await fc.assert(
      fc.asyncProperty(sizes, fc.array(change, { minLength: 1, maxLength: 5 }), async (count, changes) => {
        const cluster = new EncryptedCluster(count, '');
        for (const { choice, cut } of changes)
          for (const one of cut ?? [])
            await (choice === 'rotate' && canRotate(cluster)
              ? rotate(cluster, one)
              : up(cluster, choice === 'off' ? 'off' : 'generated', one));
        const choice = changes.at(-1)?.choice === 'off' ? 'off' : 'generated';
        expect(await up(cluster, choice)).toBe(true);
        const { desired, current } = cluster.pair;
        expect(desired).toBe(current);
        expect(current === '').toBe(choice === 'off');
        for (const server of cluster.servers.values())
          expect(server).toEqual({ file: current, read: current, flagged: choice === 'generated' });
        expect(storedWith(cluster)).toEqual([parseEncryption(current)?.keys[0]?.secret ?? '']);
        // And a run after it does nothing.
        const again = planEncryptionPath({
          ...cluster.pair,
          choice,
          isNew: false,
          controlPlanes: count,
          createKey,
        });
        expect(again.steps).toEqual([]);
        expect(
          planUp(planWith(count, again.text), cluster.observe(), { addonTimeoutSeconds: 45 }).operations,
        ).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('changes one API server at a time', async () => {
    const cluster = new EncryptedCluster(3, own);
    const waits: string[] = [];
    const steps = planSteps(
      planKeyRotation({ ...cluster.pair, controlPlanes: 3, createKey }),
      (text) => planWith(3, text).nodes,
    );
    const [step] = steps;
    if (step === undefined) throw new Error('there are steps');
    for (const { id, after } of expandTurns(
      stepOperations(step, cluster.observe(), { name: 'key', after: [] }),
    ))
      if (id.startsWith('key:api@')) waits.push(...after.filter((one) => one.startsWith('key:healthy@')));
    expect(waits).toEqual(['key:healthy@10.0.0.1', 'key:healthy@10.0.0.1', 'key:healthy@10.0.0.2']);
    await Promise.resolve();
  });
});
