import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dockerError } from '../../src/core/errors.js';
import { createLimiter } from '../../src/core/limit.js';
import { runGraph } from '../../src/execute/run-graph.js';
import { systemClock } from '../../src/run/system-clock.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { fakeClock } from '../fakes/clock.js';
import { recordingSink } from '../fakes/recording-sink.js';

const operation = (id: string, after: string[] = [], afterSome?: Operation['afterSome']): Operation => ({
  id,
  stage: 'files',
  title: id,
  after,
  ...(afterSome === undefined ? {} : { afterSome }),
  kind: 'remove-container',
  name: id,
});

const milestone = (id: string, after: string[]): Operation => ({
  ...{ id, stage: 'files', title: id, after },
  kind: 'milestone',
});

async function run(operations: Operation[], failing: string[] = [], controller = new AbortController()) {
  const order: string[] = [];
  const sink = recordingSink();
  const outcomes = await runGraph(operations, {
    events: sink,
    clock: fakeClock(),
    signal: controller.signal,
    perform: async ({ id }) => {
      order.push(id);
      await Promise.resolve();
      if (failing.includes(id)) throw dockerError('DOCKER_CALL', `${id} failed`);
      if (id === 'abort') controller.abort();
    },
  });
  return { order, outcomes, events: sink.events };
}

const status = (outcomes: Awaited<ReturnType<typeof run>>['outcomes'], id: string) =>
  outcomes.get(id)?.status;

describe('runGraph', () => {
  it('starts an operation only when all its prerequisites are done', async () => {
    const { order } = await run([operation('c', ['b']), operation('b', ['a']), operation('a')]);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('skips everything that depends on a failed operation, however indirectly, and continues with the rest', async () => {
    const { outcomes, events } = await run(
      [operation('a'), operation('b', ['a']), operation('c', ['b']), operation('other')],
      ['a'],
    );
    expect(['a', 'b', 'c', 'other'].map((id) => status(outcomes, id))).toEqual([
      'failed',
      'skipped',
      'skipped',
      'done',
    ]);
    expect(events.filter(({ type }) => type === 'operation-skipped')).toHaveLength(2);
  });

  it('continues when enough of several operations are done, and skips if too few can succeed', async () => {
    const gate = (need: number) => [
      operation('e1'),
      operation('e2'),
      operation('e3'),
      operation('quorum', [], { of: ['e1', 'e2', 'e3'], need }),
    ];
    expect(status((await run(gate(2), ['e1'])).outcomes, 'quorum')).toBe('done');
    expect(status((await run(gate(2), ['e1', 'e3'])).outcomes, 'quorum')).toBe('skipped');
  });

  it('continues if an event listener throws', async () => {
    const outcomes = await runGraph([operation('a'), operation('b', ['a'])], {
      events: {
        emit: () => {
          throw new Error('the listener has a bug');
        },
      },
      clock: fakeClock(),
      signal: new AbortController().signal,
      perform: () => Promise.resolve(),
    });
    expect([...outcomes.values()].map((outcome) => outcome.status)).toEqual(['done', 'done']);
  });

  it('reports an operation as started when it leaves its queue, and as skipped if it never left', async () => {
    const controller = new AbortController();
    const sink = recordingSink();
    const reason = new Error('interrupted');
    const limited = createLimiter(1);
    const outcomes = await runGraph([operation('a'), operation('b'), operation('c')], {
      events: sink,
      clock: fakeClock(),
      signal: controller.signal,
      perform: ({ id }, begin) =>
        limited(async () => {
          controller.signal.throwIfAborted();
          begin();
          await Promise.resolve();
          if (id !== 'b') return;
          controller.abort(reason);
          throw dockerError('DOCKER_CALL', 'b failed');
        }),
    });
    expect([...outcomes].map(([id, outcome]) => [id, outcome.status])).toEqual([
      ['a', 'done'],
      ['b', 'failed'],
      ['c', 'skipped'],
    ]);
    const started = sink.events.filter(({ type }) => type === 'operation-started');
    expect(started).toMatchObject([{ operation: 'a' }, { operation: 'b' }]);
  });

  it.each([
    ['the clock of the run', (signal: AbortSignal) => systemClock.sleep(60_000, { signal })],
    ['a timer of Node', (signal: AbortSignal) => sleep(60_000, undefined, { signal })],
  ])('skips an operation that slept on %s when the run was interrupted', async (_what, wait) => {
    const controller = new AbortController();
    const sink = recordingSink();
    const running = runGraph([operation('a')], {
      events: sink,
      clock: fakeClock(),
      signal: controller.signal,
      perform: () => wait(controller.signal),
    });
    controller.abort(new Error('SIGINT'));
    expect(status(await running, 'a')).toBe('skipped');
    expect(sink.events).toMatchObject([{ type: 'operation-skipped', operation: 'a' }]);
    await expect(systemClock.sleep(60_000, { signal: controller.signal })).rejects.toThrow('SIGINT');
  });

  it('starts nothing new after an abort', async () => {
    const { order, outcomes } = await run([operation('abort'), operation('next', ['abort'])]);
    expect(order).toEqual(['abort']);
    expect(status(outcomes, 'next')).toBe('skipped');
  });

  it('runs the cleanup of what has begun, however it ended, and no other cleanup', async () => {
    const undo = (after: string[]): Operation => ({ ...operation('undo', after), always: true });
    const graph = [
      operation('open'),
      operation('use', ['open']),
      undo(['open', 'use']),
      operation('next', ['undo']),
    ];
    expect((await run(graph)).order).toEqual(['open', 'use', 'undo', 'next']);
    expect((await run(graph, ['use'])).order).toEqual(['open', 'use', 'undo', 'next']);
    expect((await run(graph, ['open'])).order).toEqual(['open', 'undo', 'next']);
    const aborted = await run([operation('abort'), operation('use', ['abort']), undo(['abort', 'use'])]);
    expect(aborted.order).toEqual(['abort', 'undo']);
    const never = await run([operation('abort'), operation('open', ['abort']), undo(['open'])]);
    expect(never.order).toEqual(['abort']);
  });

  it('names the operations of a cycle', async () => {
    await expect(run([operation('a', ['b']), operation('b', ['a'])])).rejects.toThrow('a, b');
  });

  it('passes a milestone when everything before it is done, and reports nothing about it', async () => {
    const graph = [operation('a'), operation('b'), milestone('both', ['a', 'b']), operation('c', ['both'])];
    const { order, outcomes, events } = await run(graph);
    expect(order).toEqual(['a', 'b', 'c']);
    expect(status(outcomes, 'both')).toBe('done');
    expect(JSON.stringify(events)).not.toContain('both');
  });

  it('names the operation that failed before a milestone as the reason for a skip behind it', async () => {
    const graph = [
      operation('a'),
      milestone('one', ['a']),
      milestone('two', ['one']),
      operation('c', ['two']),
    ];
    const { events } = await run(graph, ['a']);
    expect(events.filter(({ type }) => type === 'operation-skipped')).toMatchObject([
      { operation: 'c', because: 'a' },
    ]);
  });

  it('runs the cleanup of what has begun also behind a window and a milestone', async () => {
    const undo = { ...operation('undo', ['open', 'use']), always: true } as const;
    const graph = [operation('open'), milestone('opened', ['open']), operation('use', ['opened']), undo];
    expect((await run(graph, ['open'])).order).toEqual(['open', 'undo']);
  });

  it('takes time proportional to the edges of the graph', async () => {
    const wide = Array.from({ length: 20_000 }, (_, index) => operation(`first${index}`));
    const all = milestone(
      'all',
      wide.map(({ id }) => id),
    );
    const behind = wide.map((_, index) => operation(`second${index}`, ['all']));
    const chain = wide.map((_, index) => operation(`link${index}`, index === 0 ? [] : [`link${index - 1}`]));
    const { outcomes } = await run([...wide, all, ...behind, ...chain], ['link0']);
    expect(outcomes.size).toBe(60_001);
    expect(status(outcomes, 'link19999')).toBe('skipped');
  });

  it('gives every operation of any acyclic graph exactly one outcome, and never runs one before its prerequisites', async () => {
    const graph = fc.integer({ min: 1, max: 30 }).chain((size) =>
      fc.tuple(
        fc.array(fc.array(fc.nat({ max: size - 1 }), { maxLength: 4 }), {
          minLength: size,
          maxLength: size,
        }),
        fc.array(fc.nat({ max: size - 1 }), { maxLength: 3 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(graph, async ([needs, failing]) => {
        const operations = needs.map((ids, index) =>
          operation(
            `o${index}`,
            [...new Set(ids.filter((id) => id < index))].map((id) => `o${id}`),
          ),
        );
        const failed = failing.map((id) => `o${id}`);
        const { order, outcomes } = await run(operations, failed);
        expect(outcomes.size).toBe(operations.length);
        for (const { id, after } of operations) {
          const isLost = after.some((need) => status(outcomes, need) !== 'done');
          expect(status(outcomes, id)).toBe(isLost ? 'skipped' : failed.includes(id) ? 'failed' : 'done');
          for (const need of after)
            if (order.includes(id)) expect(order.indexOf(need)).toBeLessThan(order.indexOf(id));
        }
      }),
    );
  });
});
