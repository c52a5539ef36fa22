import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import { hash } from '../../src/core/stable.js';
import type { ClusterPlan, ContainerSpec, NodePlan } from '../../src/plan/cluster-plan-types.js';
import { noRollout, type Rollout } from '../../src/reconcile/diff/file-readers.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import { isWork, type Operation } from '../../src/reconcile/operations.js';
import { planRotation } from '../../src/reconcile/plan-rotation.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { expandTurns } from '../fakes/turn-order.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';

const everything: Role[] = ['controlplane', 'etcd', 'worker'];
const ssl = '/etc/kubernetes/ssl';

/** Who reads what, in the words of the command lines: a kubelet by way of its kubeconfig. */
const arguments_: Readonly<Record<string, readonly string[]>> = {
  etcd: [`--cert-file=${ssl}/kube-etcd-1.pem`, `--trusted-ca-file=${ssl}/kube-ca.pem`],
  'kube-apiserver': [`--tls-cert-file=${ssl}/kube-apiserver.pem`, `--client-ca-file=${ssl}/kube-ca.pem`],
  'kube-controller-manager': [`--root-ca-file=${ssl}/kube-ca.pem`],
  kubelet: [`--kubeconfig=${ssl}/kubecfg-kube-node.yaml`],
};
const contents: Readonly<Record<string, string>> = {
  'kube-ca.pem': 'ca',
  'kube-apiserver.pem': 'apiserver',
  'kube-etcd-1.pem': 'etcd',
  'kube-node.pem': 'node',
  'kubecfg-kube-node.yaml': `certificate-authority: ${ssl}/kube-ca.pem\nclient-certificate: ${ssl}/kube-node.pem\n`,
};

function clusterOf(count: number): ClusterPlan {
  const plan = samplePlan(Array.from({ length: count }, () => everything));
  const withArguments = (container: ContainerSpec): ContainerSpec => ({
    ...container,
    cmd: arguments_[container.name] ?? [],
  });
  const nodes = plan.nodes.map((node): NodePlan => ({
    ...node,
    containers: node.containers.map(withArguments),
    files: Object.entries(contents).map(([name, content]) => ({
      path: `${ssl}/${name}`,
      content,
      mode: 0o600,
      uid: 0,
      gid: 0,
    })),
  }));
  return { ...plan, nodes };
}

/** The hosts have another text in these files. */
function withOld(observed: ObservedCluster, names: readonly string[]): ObservedCluster {
  const hosts = [...observed.hosts].map(([address, host]) => {
    const old = names.map(
      (name) => [`${ssl}/${name}`, { sha256: hash('sha256', 'old'), mode: 0o600, uid: 0, gid: 0 }] as const,
    );
    return [address, { ...host, files: new Map([...(host.files ?? []), ...old]) }] as const;
  });
  return { ...observed, hosts: new Map(hosts) };
}

function stopped(observed: ObservedCluster, name: string): ObservedCluster {
  const hosts = [...observed.hosts].map(([address, host]) => {
    const found = host.containers.get(name);
    const containers = new Map(host.containers);
    if (found !== undefined) containers.set(name, { ...found, running: false });
    return [address, { ...host, containers }] as const;
  });
  return { ...observed, hosts: new Map(hosts) };
}

const up = (plan: ClusterPlan, observed: ObservedCluster, rollout?: Rollout): readonly Operation[] =>
  planUp(plan, observed, { addonTimeoutSeconds: 45, rollout }).operations;
const rotate = (
  plan: ClusterPlan,
  observed: ObservedCluster,
  more: Partial<Parameters<typeof planRotation>[2]> = {},
): readonly Operation[] =>
  planRotation(plan, observed, { ...noRollout, hasNewCa: false, ...more }).operations;
const restarted = (operations: readonly Operation[]): string[] =>
  operations.filter(({ kind }) => kind === 'restart-container').map(({ id }) => id.replace('run:', ''));

/** Performs a plan in thought; gives the order, one line for what can run side by side. */
function order(planned: readonly Operation[]): string[][] {
  const operations = expandTurns(planned);
  const done = new Set<string>();
  const rounds: string[][] = [];
  while (done.size < operations.length) {
    const ready = operations.filter(
      ({ id, after, afterSome }) =>
        !done.has(id) &&
        after.every((one) => done.has(one)) &&
        (afterSome === undefined || afterSome.of.filter((one) => done.has(one)).length >= afterSome.need),
    );
    if (ready.length === 0) throw new Error('operations wait for each other');
    for (const { id } of ready) done.add(id);
    rounds.push(ready.filter(isWork).map(({ id }) => id));
  }
  return rounds;
}

/** Restarts that may run at one time. */
const sideBySide = (operations: readonly Operation[], container: string): number =>
  Math.max(
    ...order(operations).map((round) => round.filter((id) => id.startsWith(`run:${container}@`)).length),
  );

describe('rke up with other certificates', () => {
  it('restarts what has read them, and only that', () => {
    const plan = clusterOf(1);
    const read = (name: string): string[] => restarted(up(plan, withOld(observedFrom(plan), [name])));
    expect(read('kube-apiserver.pem')).toEqual(['kube-apiserver@10.0.0.1']);
    expect(read('kube-node.pem')).toEqual(['kubelet@10.0.0.1']);
    expect(read('kube-ca.pem')).toEqual([
      'etcd@10.0.0.1',
      'kube-apiserver@10.0.0.1',
      'kube-controller-manager@10.0.0.1',
      'kubelet@10.0.0.1',
    ]);
  });

  it('restarts nothing for a file that was lost and is put back', () => {
    const plan = clusterOf(1);
    const observed = observedFrom(plan);
    const hosts = [...observed.hosts].map(([address, host]) => {
      const files = new Map(host.files);
      files.delete(`${ssl}/kube-apiserver.pem`);
      return [address, { ...host, files }] as const;
    });
    const operations = up(plan, { ...observed, hosts: new Map(hosts) });
    expect(operations.map(({ kind }) => kind)).toEqual(['put-files']);
  });

  it('continues if a run was killed between the files and the restarts', () => {
    const plan = clusterOf(1);
    const rollout = { ...noRollout, files: new Set([`${ssl}/kube-apiserver.pem`]) };
    expect(restarted(up(plan, observedFrom(plan), rollout))).toEqual(['kube-apiserver@10.0.0.1']);
  });

  it('has the files there before the restart, and waits for the health after it', () => {
    const plan = clusterOf(1);
    const rounds = order(up(plan, withOld(observedFrom(plan), ['kube-etcd-1.pem'])));
    expect(rounds).toEqual([['files@10.0.0.1'], ['run:etcd@10.0.0.1'], ['healthy:etcd@10.0.0.1']]);
  });

  it('takes one member of etcd and one control plane at a time, plane after plane, and comes to an end', () => {
    const plan = clusterOf(3);
    const operations = up(plan, withOld(observedFrom(plan), ['kube-ca.pem']));
    expect(sideBySide(operations, 'etcd')).toBe(1);
    expect(sideBySide(operations, 'kube-apiserver')).toBe(1);
    const sequence = order(operations).flat();
    expect(sequence.indexOf('run:etcd@10.0.0.2')).toBeGreaterThan(sequence.indexOf('healthy:etcd@10.0.0.1'));
  });

  it('replaces etcd and control planes of three hosts in one run without waiting for itself', () => {
    const plan = clusterOf(3);
    const renewed = plan.nodes.map((node): NodePlan => ({
      ...node,
      containers: node.containers.map((one) => ({ ...one, cmd: [...one.cmd, '--v=4'] })),
    }));
    const operations = up({ ...plan, nodes: renewed }, observedFrom(plan));
    expect(sideBySide(operations, 'etcd')).toBe(1);
    expect(sideBySide(operations, 'kube-apiserver')).toBe(1);
  });
});

describe('a rotation', () => {
  it('does nothing if the hosts have the certificates', () => {
    const plan = clusterOf(2);
    expect(rotate(plan, observedFrom(plan))).toEqual([]);
  });

  it('touches no container that does not read them, whatever else changed in cluster.yml', () => {
    const plan = clusterOf(1);
    const edited = plan.nodes.map((node): NodePlan => ({
      ...node,
      containers: node.containers.map((one) => ({ ...one, env: ['NEW=1'] })),
    }));
    const observed = withOld(observedFrom(plan), ['kube-apiserver.pem']);
    const operations = rotate({ ...plan, nodes: edited, addons: [] }, observed);
    expect(operations.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'healthy:etcd await-healthy',
      'files@10.0.0.1 put-files',
      'run:kube-apiserver@10.0.0.1 restart-container',
      'healthy:kube-apiserver@10.0.0.1 await-healthy',
    ]);
  });

  it('restarts all hosts at one time if old and new are incompatible, with the files there before', () => {
    const plan = clusterOf(3);
    const observed = withOld(observedFrom(plan), Object.keys(contents).slice(0, 4));
    const together = new Set(Object.keys(contents).map((name) => `${ssl}/${name}`));
    const operations = rotate(plan, observed, { together, hasNewCa: true });
    expect(sideBySide(operations, 'etcd')).toBe(3);
    const rounds = order(operations);
    expect(rounds[0]).toEqual(['files@10.0.0.1', 'files@10.0.0.2', 'files@10.0.0.3']);
    expect(rounds.at(-1)).toEqual(['restart-pods']);
  });

  it('starts an API server that is stopped, and asks the API for nothing before', () => {
    const plan = clusterOf(1);
    const observed = withOld(stopped(observedFrom(plan), 'kube-apiserver'), ['kube-ca.pem']);
    const operations = rotate(plan, { ...observed, kube: undefined });
    const sequence = order(operations).flat();
    expect(operations.find(({ id }) => id === 'run:kube-apiserver@10.0.0.1')?.kind).toBe('start-container');
    expect(sequence.indexOf('run:kubelet@10.0.0.1')).toBeGreaterThan(
      sequence.indexOf('healthy:kube-apiserver'),
    );
    expect(sequence).toContain('ready@10.0.0.1');
  });

  it('of the kubelets continues without an API that does not answer', () => {
    const plan = clusterOf(1);
    const observed = { ...withOld(observedFrom(plan), ['kube-node.pem']), kube: undefined };
    expect(order(rotate(plan, observed)).flat()).toEqual([
      'files@10.0.0.1',
      'run:kubelet@10.0.0.1',
      'healthy:kubelet@10.0.0.1',
    ]);
  });

  it('leaves a host alone on which there is nothing of the cluster', () => {
    const plan = clusterOf(2);
    const observed = withOld(observedFrom(plan), ['kube-node.pem']);
    const host = observed.hosts.get('10.0.0.2');
    if (host === undefined) throw new Error('the sample has two hosts');
    const hosts = new Map([...observed.hosts, ['10.0.0.2', { ...host, containers: new Map() }]]);
    const operations = rotate(plan, { ...observed, hosts });
    expect(operations.filter((one) => one.host === '10.0.0.2')).toEqual([]);
  });
});
