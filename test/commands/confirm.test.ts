import { describe, expect, it } from 'vitest';
import { requireConfirmation } from '../../src/commands/up/confirm.js';
import { listDestruction } from '../../src/commands/up/destruction.js';
import { listUnfinished } from '../../src/commands/up/unfinished.js';
import type { RunPlan } from '../../src/reconcile/description/run-plan.js';
import { decodeState } from '../../src/state/codec.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { rkeBundle, rkeSpec, stateText } from '../pki/takeover.js';

const options = { signal: new AbortController().signal };
const planOf = (...destructive: readonly string[]): RunPlan => ({ destructive }) as unknown as RunPlan;
const loss = 'node-c: the host leaves the cluster and loses its data';

describe('a destructive plan', () => {
  it('is refused if there is nobody to ask', async () => {
    await expect(requireConfirmation(planOf(loss), undefined, options)).rejects.toMatchObject({
      code: 'NOT_CONFIRMED',
      exitCode: 2,
      details: { faults: [loss] },
    });
  });

  it('is refused if the answer is no, and applied if it is yes', async () => {
    const answer = (yes: boolean): Promise<void> =>
      requireConfirmation(planOf(loss), () => Promise.resolve(yes), options);
    await expect(answer(false)).rejects.toThrow('the plan was not confirmed; nothing was changed');
    await expect(answer(true)).resolves.toBeUndefined();
  });
});

it('a plan that destroys nothing is not asked about, so that scripts of RKE v1 go on', async () => {
  const confirm = (): Promise<boolean> => Promise.reject(new Error('asked'));
  await expect(requireConfirmation(planOf(), confirm, options)).resolves.toBeUndefined();
  await expect(requireConfirmation(planOf(), undefined, options)).resolves.toBeUndefined();
});

describe('a new CA', () => {
  const nothing = { nodes: [], clusterChanges: [] };
  const state = decodeState(stateText, 'cluster.rkestate');
  const ca = rkeBundle['kube-ca'];
  const other = { ...rkeBundle, ...(ca && { 'kube-ca': { ...ca, certificatePEM: 'other' } }) };

  it('is destructive if the state has another one', () => {
    expect(listDestruction(nothing, state, other)).toEqual([
      expect.stringMatching(/^the CA of the cluster is replaced: /),
    ]);
  });

  it('is not if it is that of the state, or there is no cluster yet', () => {
    expect(listDestruction(nothing, state, rkeBundle)).toEqual([]);
    expect(listDestruction(nothing, undefined, other)).toEqual([]);
  });
});

describe('what an earlier run left half-done', () => {
  const plan = samplePlan([['etcd', 'controlplane', 'worker'], ['worker']]);
  const observed = observedFrom(plan);
  const state = decodeState(stateText, 'cluster.rkestate');

  it('is nothing in a cluster that RKE v1 has finished, or that does not exist yet', () => {
    expect(listUnfinished(state, { hosts: new Map() })).toEqual([]);
    expect(listUnfinished(undefined, observed)).toEqual([]);
  });

  it('is the first run, if no run has finished', () => {
    const begun: ClusterState = { ...state, currentState: {} };
    expect(listUnfinished(begun, observed)).toEqual(['the first run has not finished']);
  });

  it('is the settings, nodes and certificates that the state began to apply', () => {
    const [first, ...others] = rkeSpec.nodes;
    const running = { ...rkeSpec, kubernetesVersion: 'v1.29.0-rancher1-1', nodes: others };
    const begun: ClusterState = {
      ...state,
      currentState: { ...state.currentState, rkeConfig: running },
      desiredState: { ...state.desiredState, encryptionConfig: 'other' },
    };
    expect(listUnfinished(begun, observed)).toEqual([
      `nodes were being added (${first?.address ?? ''})`,
      'settings were being applied (kubernetes_version)',
      'the encryption of Secrets was being changed',
    ]);
  });

  it('is containers that were never started, and helpers of the run', () => {
    const hosts = new Map(observed.hosts);
    const host = hosts.get('10.0.0.2');
    if (host === undefined) throw new Error('the host was observed');
    const kubelet = host.containers.get('kubelet');
    if (kubelet === undefined) throw new Error('the host has a kubelet');
    const containers = new Map(host.containers).set('kubelet', { ...kubelet, running: false });
    hosts.set('10.0.0.2', { ...host, containers, leftovers: ['old-kube-proxy', 'kube-scheduler'] });
    expect(listUnfinished(undefined, { hosts })).toEqual([
      'kubelet was created but not started on 10.0.0.2',
      'old-kube-proxy was left on 10.0.0.2',
    ]);
  });
});
