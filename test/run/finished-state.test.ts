import { describe, expect, it } from 'vitest';
import { finishedState } from '../../src/run/state/finished-state.js';
import { decodeState } from '../../src/state/codec.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { rkeSpec, stateText } from '../pki/takeover.js';

const state = decodeState(stateText, 'cluster.rkestate');
const nothing = { operations: [], unchanged: { containers: 0, files: 0, addons: 0 } };

/** As a run has saved it that began something and was killed. */
const begun = (current: Partial<ClusterState['currentState']>): ClusterState => ({
  ...state,
  currentState: { ...state.currentState, ...current },
});

describe('a run without operations', () => {
  it('leaves the state of RKE v1 as it is', () => {
    expect(finishedState(state, state, nothing)).toBe(state);
  });

  it.each([
    ['a node', begun({ rkeConfig: { ...rkeSpec, nodes: rkeSpec.nodes.slice(1) } })],
    ['a setting', begun({ rkeConfig: { ...rkeSpec, kubernetesVersion: 'v1.29.0-rancher1-1' } })],
    ['the encryption of Secrets', begun({ encryptionConfig: 'other' })],
    ['the first run', { ...state, currentState: {} }],
  ])('records %s as achieved, if an earlier run was killed before it could', (_what, interrupted) => {
    const finished = finishedState(interrupted, interrupted, nothing);
    expect(finished.currentState.rkeConfig).toEqual(state.desiredState.rkeConfig);
    expect(finished.currentState.encryptionConfig ?? '').toBe(state.desiredState.encryptionConfig ?? '');
  });
});
