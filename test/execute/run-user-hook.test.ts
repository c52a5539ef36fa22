import { describe, expect, it } from 'vitest';
import { CancelledError, dockerError, hookError } from '../../src/core/errors.js';
import { createPerformer } from '../../src/execute/perform.js';
import { runGraph } from '../../src/execute/run-graph.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { fakeClock } from '../fakes/clock.js';
import { fakeContext } from '../fakes/context.js';
import { recordingSink } from '../fakes/recording-sink.js';

const node = { name: 'one', address: '10.0.0.1', role: ['worker'], change: 'change' } as const;
const removal = (id: string, host: string): Operation => ({
  ...{ id, stage: 'worker', title: `remove ${id}`, host, after: [] },
  ...{ kind: 'remove-container', name: id },
});
const hook = (change: Partial<Operation>): Operation =>
  ({
    ...{ id: 'hook:a', stage: 'worker', title: 'hook a', after: [], kind: 'run-hook', hook: 'a' },
    ...{ when: 'before', action: { run: ['true'] }, timeoutSeconds: 60 },
    about: { cluster: 'prod', command: 'rke up', stage: 'worker', node },
    covers: [{ id: 'x', title: 'remove x', host: '10.0.0.1' }],
    ...change,
  }) as Operation;

describe('a hook', () => {
  it('before a node gets its JSON with null for what is not known yet', async () => {
    const calls: string[] = [];
    const callHook = (_hook: unknown, json: string): Promise<void> => {
      calls.push(json);
      return Promise.resolve();
    };
    await createPerformer(fakeContext([], { callHook }))(hook({}));
    expect(calls).toHaveLength(1);
    expect(calls[0]?.endsWith('}\n')).toBe(true);
    expect(JSON.parse(calls[0] ?? '')).toEqual({
      schemaVersion: 1,
      hook: 'a',
      when: 'before',
      cluster: 'prod',
      command: 'rke up',
      stage: 'worker',
      node,
      operations: [{ id: 'x', title: 'remove x', host: '10.0.0.1', status: null }],
      result: null,
    });
  });

  it('after a stage runs when all of it has ended, and gets what became of each operation', async () => {
    const calls: unknown[] = [];
    const covers = ['x', 'y', 'z'].map((id) => ({ id, title: `remove ${id}`, host: '10.0.0.1' }));
    const ids = covers.map(({ id }) => id);
    const operations = [
      removal('x', '10.0.0.1'),
      removal('y', '10.0.0.1'),
      { ...removal('z', '10.0.0.1'), after: ['y'] },
      hook({
        when: 'after',
        ended: ids,
        afterSome: { of: ids, need: 1 },
        ...{ covers, about: { cluster: 'prod', command: 'rke up', stage: 'worker' } },
      }),
    ];
    const performer = createPerformer(
      fakeContext([], {
        callHook: (_hook, json) => {
          calls.push(JSON.parse(json));
          return Promise.resolve();
        },
      }),
    );
    await runGraph(operations, {
      ...{ events: recordingSink(), clock: fakeClock(), signal: new AbortController().signal },
      perform: (operation, begin, outcomes) => {
        if (operation.kind === 'run-hook') return performer(operation, begin, outcomes);
        if (operation.id === 'y') return Promise.reject(dockerError('DOCKER_TIMEOUT', 'no answer'));
        return Promise.resolve();
      },
    });
    expect(calls).toMatchObject([
      {
        node: null,
        result: 'failed',
        operations: [
          { id: 'x', status: 'done' },
          { id: 'y', status: 'failed', error: 'DOCKER_TIMEOUT' },
          { id: 'z', status: 'skipped' },
        ],
      },
    ]);
  });

  it('that fails is a failed operation, and what needs it is skipped', async () => {
    const events = recordingSink();
    const context = fakeContext([], {
      callHook: () => Promise.reject(hookError('HOOK_FAILED', 'no', { evidence: ['busy'] })),
    });
    const perform = createPerformer(context);
    const next = { ...removal('x', '10.0.0.1'), after: ['hook:a'] };
    const signal = context.signal;
    await runGraph([hook({}), next], { events, clock: fakeClock(), signal, perform });
    expect(events.events).toMatchObject([
      { type: 'operation-started', operation: 'hook:a' },
      { type: 'operation-failed', error: { code: 'HOOK_FAILED', evidence: ['busy'] } },
      { type: 'operation-skipped', operation: 'x', because: 'hook:a' },
    ]);
  });

  it('that an interruption ends has not failed', async () => {
    const control = new AbortController();
    const events = recordingSink();
    const perform = createPerformer(
      fakeContext([], {
        signal: control.signal,
        callHook: (_hook, _json, { signal }) => {
          control.abort(new CancelledError());
          return Promise.reject(signal.reason as Error);
        },
      }),
    );
    await runGraph([hook({})], { events, clock: fakeClock(), signal: control.signal, perform });
    expect(events.events.map(({ type }) => type)).toEqual(['operation-started', 'operation-skipped']);
  });
});
