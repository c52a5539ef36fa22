import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runGraph } from '../../src/execute/run-graph.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { fakeClock } from '../fakes/clock.js';
import { recordingSink } from '../fakes/recording-sink.js';

/** The operation `host:step`, part of the host's turn. */
function step(id: string, after: string[], places: number): Operation {
  const [holder = ''] = id.split(':');
  const turn = { window: 'worker', places, holder };
  return { id, stage: 'worker', title: id, host: holder, after, turn, kind: 'start-container', name: id };
}

/** Each host is replaced and then awaited, in a window. */
function rollOut(hosts: number, places: number): Operation[] {
  return Array.from({ length: hosts }, (_, host) => [
    step(`h${host}:replace`, [], places),
    step(`h${host}:ready`, [`h${host}:replace`], places),
  ]).flat();
}

interface Result {
  /** Ids in the order of begins and ends: `+h0:replace`, `-h0:replace`. */
  readonly log: readonly string[];
  readonly statuses: Readonly<Record<string, string>>;
  /** The highest number of active turns at one time, failed ones included. */
  readonly most: number;
  readonly reasons: Readonly<Record<string, string>>;
}

async function run(operations: readonly Operation[], failing: readonly string[] = []): Promise<Result> {
  const log: string[] = [];
  const held = new Set<string>();
  let most = 0;
  const sink = recordingSink();
  const outcomes = await runGraph(operations, {
    events: sink,
    clock: fakeClock(),
    signal: new AbortController().signal,
    perform: async ({ id, host = '' }) => {
      log.push(`+${id}`);
      held.add(host);
      most = Math.max(most, held.size);
      await setImmediate();
      log.push(`-${id}`);
      if (failing.includes(id)) throw new Error(`${id} failed`);
      if (id.endsWith(':ready')) held.delete(host);
    },
  });
  const reasons = sink.events.flatMap((event) =>
    event.type === 'operation-skipped' ? [[event.operation, event.because] as const] : [],
  );
  return {
    log,
    most,
    statuses: Object.fromEntries([...outcomes].map(([id, { status }]) => [id, status])),
    reasons: Object.fromEntries(reasons),
  };
}

describe('a window', () => {
  it('with one place processes one host at a time, from its first operation to its last', async () => {
    const { log } = await run(rollOut(3, 1));
    expect(log).toEqual(
      ['h0', 'h1', 'h2'].flatMap((host) => [
        `+${host}:replace`,
        `-${host}:replace`,
        `+${host}:ready`,
        `-${host}:ready`,
      ]),
    );
  });

  it('with two places processes two hosts at a time', async () => {
    const { log, most } = await run(rollOut(5, 2));
    expect(most).toBe(2);
    expect(log.slice(0, 2)).toEqual(['+h0:replace', '+h1:replace']);
    expect(log).toHaveLength(20);
  });

  it('keeps the place of a failed host, and stops when failed hosts keep all places', async () => {
    const one = await run(rollOut(4, 2), ['h0:replace']);
    expect(one.statuses).toMatchObject({ 'h1:ready': 'done', 'h2:ready': 'done', 'h3:ready': 'done' });
    const two = await run(rollOut(4, 2), ['h0:replace', 'h2:ready']);
    expect(two.statuses).toMatchObject({
      'h0:ready': 'skipped',
      'h1:ready': 'done',
      'h2:replace': 'done',
      'h2:ready': 'failed',
      'h3:replace': 'skipped',
      'h3:ready': 'skipped',
    });
    expect(two.reasons).toMatchObject({ 'h0:ready': 'h0:replace', 'h3:replace': 'h0:replace' });
  });

  it('counts a host that failed before its turn', async () => {
    const files: Operation = {
      ...{ id: 'files', stage: 'files', title: 'files', after: [] },
      ...{ kind: 'start-container', name: 'files' },
    };
    const [first, ready, ...others] = rollOut(3, 1);
    if (first === undefined || ready === undefined) throw new Error('there are three hosts');
    const { statuses } = await run([files, { ...first, after: ['files'] }, ready, ...others], ['files']);
    expect(statuses).toMatchObject({
      'h0:replace': 'skipped',
      'h1:replace': 'skipped',
      'h2:replace': 'skipped',
    });
  });

  it('never lets a host overtake one that still waits for something else', async () => {
    const slow: Operation = {
      ...{ id: 'slow', stage: 'files', title: 'slow', after: [] },
      ...{ kind: 'start-container', name: 'slow' },
    };
    const [first, ...others] = rollOut(2, 1);
    if (first === undefined) throw new Error('there are two hosts');
    const { log } = await run([{ ...first, after: ['slow'] }, ...others, slow]);
    expect(log.filter((line) => line.startsWith('+'))).toEqual([
      '+slow',
      '+h0:replace',
      '+h0:ready',
      '+h1:replace',
      '+h1:ready',
    ]);
  });

  it('never has more active turns than places, failed ones included, and ends everything', async () => {
    const cases = fc.record({
      hosts: fc.integer({ min: 1, max: 8 }),
      places: fc.integer({ min: 1, max: 4 }),
      failing: fc.array(fc.tuple(fc.nat({ max: 7 }), fc.constantFrom('replace', 'ready')), { maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ hosts, places, failing }) => {
        const failed = failing.map(([host, what]) => `h${host}:${what}`);
        const { most, statuses } = await run(rollOut(hosts, places), failed);
        expect(most).toBeLessThanOrEqual(places);
        expect(Object.keys(statuses)).toHaveLength(2 * hosts);
        const isBad = (host: number): boolean => failed.some((id) => id.startsWith(`h${host}:`));
        const all = Array.from({ length: hosts }, (_, host) => host);
        if (all.filter(isBad).length < places)
          for (const host of all) if (!isBad(host)) expect(statuses[`h${host}:ready`]).toBe('done');
      }),
    );
  });
});

describe('a window of an interrupted run', () => {
  it('starts no turn that waits for a place, although the running one ends and frees it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(),
        async (hosts, places, at) => {
          const operations = rollOut(hosts, places);
          const stop = operations[at % operations.length]?.id;
          const controller = new AbortController();
          const startedLater: string[] = [];
          const sink = recordingSink();
          const outcomes = await runGraph(operations, {
            events: sink,
            clock: fakeClock(),
            signal: controller.signal,
            perform: async ({ id }) => {
              if (controller.signal.aborted) startedLater.push(id);
              await setImmediate();
              if (id === stop) controller.abort(new Error('SIGINT'));
            },
          });
          expect(startedLater).toEqual([]);
          const skipped = sink.events.filter(({ type }) => type === 'operation-skipped').length;
          const done = [...outcomes.values()].filter(({ status }) => status === 'done').length;
          expect(skipped + done).toBe(operations.length);
        },
      ),
    );
  });
});
