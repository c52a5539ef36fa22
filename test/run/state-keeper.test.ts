import { describe, expect, it } from 'vitest';
import { kubeError } from '../../src/core/errors.js';
import type { KubeApi } from '../../src/kube/kube.js';
import type { KubeObject } from '../../src/plan/cluster-plan-types.js';
import { decodeStateCopy } from '../../src/plan/state-copy.js';
import { StateKeeper } from '../../src/run/state/state-keeper.js';
import { encodeCompactState } from '../../src/state/codec.js';
import type { ClusterState, StateStore } from '../../src/state/cluster-state.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { rkeBundle } from '../pki/takeover.js';

const state: ClusterState = { desiredState: { certificatesBundle: rkeBundle }, currentState: {} };
const store = { location: 'cluster.rkestate' } as StateStore;

/** Copies a state into a cluster that keeps what is applied, or refuses. */
async function copy(
  kept: ClusterState,
  apply: (object: KubeObject) => Promise<unknown>,
): Promise<{ told: readonly string[] }> {
  const nothing = (): Promise<undefined> => Promise.resolve(undefined);
  const kube = { get: nothing, delete: nothing, apply } as unknown as KubeApi;
  const events = recordingSink();
  const { signal } = new AbortController();
  await new StateKeeper(kept, { store, events, kube, signal }).copy();
  return { told: events.events.flatMap((event) => (event.type === 'warning' ? [event.message] : [])) };
}

describe('the copy of the state at the end of a rotation', () => {
  it('is the new state', async () => {
    const applied: KubeObject[] = [];
    const { told } = await copy(state, (object) => Promise.resolve(applied.push(object)));
    expect(told).toEqual([]);
    expect(applied.map((object) => decodeStateCopy(object))).toEqual([encodeCompactState(state)]);
  });

  it.each<[what: string, kept: ClusterState, message: string]>([
    ['no API answers', state, 'connection refused'],
    [
      'it is too large',
      { ...state, desiredState: { ...state.desiredState, more: 'x'.repeat(2 ** 20) } } as ClusterState,
      '1 MiB',
    ],
  ])('is reported as out of date if %s', async (_what, kept, message) => {
    const refuse = (): Promise<never> => Promise.reject(kubeError('KUBE_UNREACHABLE', 'connection refused'));
    const { told } = await copy(kept, refuse);
    expect(told).toEqual([expect.stringContaining('cannot update Secret kube-system/full-cluster-state')]);
    expect(told[0]).toContain(message);
    expect(told[0]).toContain('cluster.rkestate');
  });
});
