import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash } from '../../src/core/stable.js';
import type { ClusterPlan, ContainerSpec, HostFile, NodePlan } from '../../src/plan/cluster-plan-types.js';
import { noRollout } from '../../src/reconcile/diff/file-readers.js';
import type { ObservedCluster, ObservedFile } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { planRotation } from '../../src/reconcile/plan-rotation.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';

const ssl = '/etc/kubernetes/ssl';
const data = '/var/lib/rancher/etcd';
const reads = ['kube-ca.pem', 'kube-etcd-1.pem', 'kube-etcd-1-key.pem'].map((name) => `${ssl}/${name}`);
const others = ['kube-etcd-2.pem', 'kube-apiserver-key.pem'].map((name) => `${ssl}/${name}`);

/** Hosts whose etcd runs as a user, with files as RKE owns and closes them. */
function clusterOf(count: number, user: number, content = 'one'): ClusterPlan {
  const plan = samplePlan(Array.from({ length: count }, () => ['controlplane', 'etcd', 'worker'] as const));
  return { ...plan, nodes: plan.nodes.map((node) => ownedBy(node, user, content)) };
}

function ownedBy(node: NodePlan, user: number, content: string): NodePlan {
  const file = (path: string): HostFile => {
    const owner = path.includes('kube-etcd') ? user : 0;
    const mode = path.endsWith('kube-ca.pem') && user !== 0 ? 0o644 : 0o600;
    return { path, content, mode, uid: owner, gid: owner };
  };
  return {
    ...node,
    containers: node.containers.map((container): ContainerSpec =>
      container.name === 'etcd'
        ? {
            ...container,
            entrypoint: [],
            cmd: ['etcd', ...reads.map((path) => `--file=${path}`)],
            ...(user === 0 ? {} : { user: `${user}:${user}` }),
          }
        : container,
    ),
    files: [...reads, ...others].map(file),
    directories: [{ path: data, bind: `/var/lib/etcd:${data}/`, mode: 0o700, uid: user, gid: user }],
  };
}

const up = (plan: ClusterPlan, observed: ObservedCluster): readonly Operation[] =>
  planUp(plan, observed, { addonTimeoutSeconds: 45 }).operations;

/** The operations of a plan, performed in thought in an order of chance; `look` sees every state of the hosts. */
function perform(
  operations: readonly Operation[],
  observed: ObservedCluster,
  { choose, look }: { readonly choose: (count: number) => number; readonly look: (hosts: Hosts) => void },
): Hosts {
  const hosts: Hosts = new Map(
    [...observed.hosts].map(([address, host]) => {
      const user = Number((host.containers.get('etcd')?.user ?? '').split(':')[0]);
      const runs = host.containers.get('etcd')?.running === true;
      return [address, { user, runs, data: user, files: new Map(host.files) }];
    }),
  );
  const done = new Set<string>();
  while (done.size < operations.length) {
    const ready = operations.filter(
      ({ id, after, afterSome }) =>
        !done.has(id) &&
        after.every((one) => done.has(one)) &&
        (afterSome === undefined || afterSome.of.filter((one) => done.has(one)).length >= afterSome.need),
    );
    const next = ready[choose(ready.length)];
    if (next === undefined) throw new Error('operations wait for each other');
    change(next, hosts);
    look(hosts);
    done.add(next.id);
  }
  return hosts;
}

type Hosts = Map<string, { user: number; runs: boolean; data: number; files: Map<string, ObservedFile> }>;

function change(operation: Operation, hosts: Hosts): void {
  const host = hosts.get(operation.host ?? '');
  if (host === undefined) return;
  if (operation.kind === 'put-files') {
    for (const { path, content, mode, uid, gid } of operation.files)
      host.files.set(path, { sha256: hash('sha256', content), mode, uid, gid });
    for (const { uid } of operation.directories) host.data = uid;
  }
  const isEtcd = operation.kind === 'create-container' || operation.kind === 'replace-container';
  if (!isEtcd || operation.container.name !== 'etcd') return;
  for (const { path, isDirectory, to } of operation.reown?.changes ?? []) {
    const file = host.files.get(path);
    if (isDirectory) host.data = to.uid;
    else if (file !== undefined) host.files.set(path, { ...file, ...to });
  }
  host.user = Number((operation.container.user ?? '').split(':')[0]);
  host.runs = true;
}

/** What the member of a host cannot read: root reads everything. */
function unreadable({
  user,
  runs,
  data: owner,
  files,
}: Hosts extends Map<string, infer One> ? One : never): string[] {
  if (user === 0 || !runs) return [];
  const closed = reads.filter((path) => {
    const file = files.get(path);
    return file !== undefined && file.uid !== user && (file.mode & 0o004) === 0;
  });
  return owner === user ? closed : [...closed, data];
}

const users = [0, 52034, 16];

describe('etcd as another user', () => {
  it('reads all its files at every moment of every order, and owns all in the end', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...users),
        fc.constantFrom(...users),
        fc.constantFrom('one', 'two'),
        fc.boolean(),
        fc.infiniteStream(fc.nat()),
        (before, after, content, isKnown, chances) => {
          const found = observedFrom(clusterOf(3, before));
          const observed = isKnown ? found : withoutFiles(found);
          const plan = clusterOf(3, after, content);
          const choose = (count: number): number => Number(chances.next().value) % Math.max(count, 1);
          const look = (hosts: Hosts): void => {
            for (const [address, host] of hosts) expect(unreadable(host), address).toEqual([]);
          };
          const hosts = perform(up(plan, observed), observed, { choose, look });
          for (const host of hosts.values()) expect(host).toMatchObject({ user: after, data: after });
          if (!isKnown) return;
          const planned = plan.nodes[0]?.files.map(({ path, uid, gid, mode }) => [path, { uid, gid, mode }]);
          for (const { files } of hosts.values())
            expect([...files].map(([path, { uid, gid, mode }]) => [path, { uid, gid, mode }])).toEqual(
              planned,
            );
        },
      ),
    );
  });

  it.each([
    [0, 52034],
    [52034, 16],
    [52034, 0],
  ])('from %i to %i is a replacement of each member, with the owners before for the way back', (from, to) => {
    const [operation, ...rest] = up(clusterOf(1, to), observedFrom(clusterOf(1, from))).filter(
      ({ kind }) => !kind.startsWith('await-'),
    );
    expect(rest).toEqual([]);
    expect(operation).toMatchObject({
      kind: 'replace-container',
      reown: {
        image: 'tools',
        binds: ['/etc/kubernetes:/etc/kubernetes', `/var/lib/etcd:${data}/`],
        changes: expect.arrayContaining([
          {
            path: `${ssl}/kube-etcd-1-key.pem`,
            isDirectory: false,
            to: { uid: to, gid: to, mode: 0o600 },
            before: { uid: from, gid: from, mode: 0o600 },
          },
          {
            path: data,
            isDirectory: true,
            to: { uid: to, gid: to, mode: 0o700 },
            before: { uid: from, gid: from, mode: 0o700 },
          },
        ]) as unknown,
      },
    });
  });

  it('needs nothing while the user is the same, and nothing is given to root that root has', () => {
    for (const user of users) expect(up(clusterOf(3, user), observedFrom(clusterOf(3, user)))).toEqual([]);
    const other = clusterOf(1, 0);
    const replaced = other.nodes.map((node): NodePlan => ({
      ...node,
      containers: node.containers.map((one) => ({ ...one, env: ['NEW=1'] })),
    }));
    const etcd = up({ ...other, nodes: replaced }, observedFrom(other)).find(({ id }) =>
      id.startsWith('run:etcd'),
    );
    expect(etcd).not.toHaveProperty('reown');
  });

  it('changes the owner of the data directory if the container was removed by hand', () => {
    const plan = clusterOf(1, 52034);
    const observed = observedFrom(plan);
    const hosts = [...observed.hosts].map(([address, host]) => {
      const containers = new Map(host.containers);
      containers.delete('etcd');
      return [address, { ...host, containers }] as const;
    });
    const etcd = up(plan, { ...observed, hosts: new Map(hosts) }).find(
      ({ id }) => id === 'run:etcd@10.0.0.1',
    );
    expect(etcd).toMatchObject({ kind: 'create-container', reown: { changes: [{ path: data }] } });
  });

  it('is not started by a rotation of certificates, which keeps every owner', () => {
    const observed = observedFrom(clusterOf(3, 52034));
    const { operations } = planRotation(clusterOf(3, 0, 'two'), observed, {
      ...noRollout,
      hasNewCa: false,
    });
    const look = (hosts: Hosts): void => {
      for (const [address, host] of hosts) expect(unreadable(host), address).toEqual([]);
    };
    perform(operations, observed, { choose: () => 0, look });
    expect(operations.filter(({ kind }) => kind === 'replace-container')).toEqual([]);
  });
});

function withoutFiles(observed: ObservedCluster): ObservedCluster {
  const hosts = [...observed.hosts].map(
    ([address, host]) => [address, { ...host, files: undefined }] as const,
  );
  return { ...observed, hosts: new Map(hosts) };
}
