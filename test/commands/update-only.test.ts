import { describe, expect, it } from 'vitest';
import { planUpdateOnly } from '../../src/commands/up/update-only.js';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import type { Outcomes } from '../../src/execute/outcome.js';
import { listLeavingNodes, planLeavingNodes } from '../../src/plan/leaving-nodes.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { withCurrent, withDesired } from '../../src/state/next-state.js';
import { a, b, c, catalog, d, node, specOf, yml } from '../config/running/judge.js';
import { observedEmpty, observedFrom, sampleFacts } from '../fakes/cluster.js';
import { decideFrom } from './decide-from.js';

const first = node(a, 'role: [controlplane, etcd]');
const worker = (address: string): string => node(address, 'role: [worker]');
const before = specOf(yml([first, worker(b), worker(c)]));

const withArgument = (spec: ClusterSpec): ClusterSpec => ({
  ...spec,
  services: {
    ...spec.services,
    kubelet: { ...spec.services.kubelet, extraArgs: { 'max-pods': '50' } },
    kubeApi: { ...spec.services.kubeApi, extraArgs: { 'max-requests-inflight': '500' } },
  },
});

/** `rke up --update-only` in a cluster of `before`. */
function up(spec: ClusterSpec, { running = before, updateOnly = true } = {}) {
  const state: ClusterState = withCurrent(
    withDesired(undefined, running, { certificates: {}, encryptionConfig: '' }),
  );
  const earlier = { running, begun: running };
  const facts = new Map([a, b, c, d].map((address) => [address, sampleFacts]));
  const inputs = { certificates: {}, encryptionConfig: '' };
  const plan = {
    ...planCluster({ spec, catalog }, facts, { ...inputs, earlier: [running] }, running),
    leaving: planLeavingNodes(listLeavingNodes(spec, earlier), facts, { spec, ...earlier }),
  };
  const found = observedFrom(planCluster({ spec: running, catalog }, facts, inputs));
  const observed = { ...found, hosts: new Map([...observedEmpty(plan).hosts, ...found.hosts]) };
  return decideFrom(plan, { spec, state, observed, updateOnly });
}

/** Containers that a run changes, with the hosts. */
const containersOf = ({ operations }: ReturnType<typeof up>): string[] =>
  operations.operations.flatMap((one) =>
    'container' in one ? [`${one.container.name}@${one.host ?? ''}`] : [],
  );
const warningsOf = ({ warnings }: ReturnType<typeof up>): string[] =>
  warnings.map(({ message }) => message).filter((message) => message.includes('--update-only'));

describe('rke up --update-only', () => {
  const grown = withArgument(specOf(yml([first, worker(b), worker(c), worker(d)])));

  it('creates the containers of new workers and leaves all others, which it reports', () => {
    const run = up(grown);
    expect(new Set(containersOf(run))).toEqual(
      new Set(['service-sidekick', 'nginx-proxy', 'kubelet', 'kube-proxy'].map((name) => `${name}@${d}`)),
    );
    expect(warningsOf(run)).toEqual([
      '--update-only leaves kube-apiserver, kubelet as they are on 3 hosts; `rke up` without it applies the rest of cluster.yml',
    ]);
    expect(containersOf(up(grown, { updateOnly: false }))).toContain(`kube-apiserver@${a}`);
  });

  it('does not claim in the state what it left out, so that the next run does it', () => {
    const { finished, operations, stateAtEnd, desired } = up(grown);
    expect(finished.currentState.rkeConfig).toMatchObject(before);
    expect(finished.currentState.rkeConfig?.services.kubelet.extraArgs).toBeUndefined();
    expect(finished.desiredState.rkeConfig?.services.kubelet).toMatchObject({
      extraArgs: { 'max-pods': '50' },
    });
    const outcomes: Outcomes = new Map(operations.operations.map(({ id }) => [id, { status: 'done' }]));
    expect(stateAtEnd?.({ outcomes, isStopped: false }).change?.(desired)).toEqual(finished);
  });

  it('finishes like any other run if there is nothing to leave out', () => {
    const run = up(specOf(yml([first, worker(b), worker(c), worker(d)])));
    expect(warningsOf(run)).toEqual([]);
    expect(run.finished.currentState.rkeConfig?.nodes.map(({ address }) => address)).toEqual([a, b, c, d]);
  });

  it('takes workers that left cluster.yml out of the cluster, and forgets them', () => {
    const { finished, operations } = up(withArgument(specOf(yml([first, worker(b)]))));
    expect(operations.operations.map(({ id }) => id)).toContain(`clean@${c}`);
    expect(finished.currentState.rkeConfig?.nodes.map(({ address }) => address)).toEqual([a, b]);
    expect(finished.currentState.rkeConfig?.services.kubelet.extraArgs).toBeUndefined();
  });

  it('is cancelled when etcd hosts are added, and says so', () => {
    const run = up(withArgument(specOf(yml([first, node(b, 'role: [etcd, worker]'), worker(c)]))));
    expect(warningsOf(run)).toEqual([
      '--update-only has no effect, so that everything is applied: etcd members are added',
    ]);
    expect(containersOf(run)).toContain(`kube-apiserver@${a}`);
  });

  it('is refused with another version of Kubernetes for new workers, whose kubelets would be newer', () => {
    const running = { ...before, kubernetesVersion: 'v1.29.9-rancher1-1' };
    expect(up(grown, { running }).refusals).toMatchObject([{ error: { code: 'VERSION_SKEW' } }]);
  });

  const input = {
    spec: before,
    running: before,
    changesEncryption: false,
    changesNetwork: false,
    rollout: { hasNewCa: false },
  };

  it.each([
    ['the first run', { running: undefined }, 'the first run has not finished'],
    [
      'a control plane that leaves',
      { spec: specOf(yml([node(a, 'role: [etcd]'), node(b, 'role: [controlplane, worker]'), worker(c)])) },
      'control planes leave',
    ],
    ['another encryption', { changesEncryption: true }, 'the encryption of Secrets changes'],
    ['a new CA', { rollout: { hasNewCa: true } }, 'the CA is replaced'],
    ['another network plugin', { changesNetwork: true }, 'the network plugin changes'],
  ])('has no effect in a run with %s', (_, change, why) => {
    expect(planUpdateOnly({ ...input, ...change })).toEqual({ newWorkers: undefined, why });
  });
});
