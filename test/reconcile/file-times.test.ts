import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packFiles, unpackFiles } from '../../src/host/tar.js';
import type { Role } from '../../src/config/cluster-spec.js';
import { hash } from '../../src/core/stable.js';
import type { ClusterPlan, NodePlan } from '../../src/plan/cluster-plan-types.js';
import { isOlderThan, modificationTime, replacedAt } from '../../src/reconcile/diff/file-times.js';
import { planFiles } from '../../src/reconcile/intents/host-operations.js';
import type { ObservedCluster, ObservedFile, ObservedHost } from '../../src/reconcile/observed.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';

const webhook = '/etc/kubernetes/kube-api-authn-webhook.yaml';
const roles: Role[] = ['controlplane', 'etcd', 'worker'];

/** A file without a checksum in the environment of its reader, by its path in a flag. */
function clusterWith(path: string): ClusterPlan {
  const plan = samplePlan([roles, roles, roles]);
  const nodes = plan.nodes.map((node): NodePlan => ({
    ...node,
    files: [{ path, content: 'new', mode: 0o600, uid: 0, gid: 0 }],
    containers: node.containers.map((container) =>
      container.name === 'kube-apiserver' ? { ...container, cmd: [`--file=${path}`] } : container,
    ),
  }));
  return { ...plan, nodes };
}

function found(
  plan: ClusterPlan,
  { file, startedAt }: { readonly file: Partial<ObservedFile>; readonly startedAt: string },
): ObservedCluster {
  const observed = observedFrom(plan);
  const hosts = [...observed.hosts].map(([address, host]): [string, ObservedHost] => [
    address,
    {
      ...host,
      containers: new Map([...host.containers].map(([name, one]) => [name, { ...one, startedAt }])),
      files: new Map([...(host.files ?? [])].map(([path, one]) => [path, { ...one, ...file }])),
    },
  ]);
  return { ...observed, hosts: new Map(hosts) };
}

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
const writtenAt = 1_760_000_000;

function restarts(plan: ClusterPlan, observed: ObservedCluster): string[] {
  return planUp(plan, observed, { addonTimeoutSeconds: 180 })
    .operations.filter(({ kind }) => kind === 'restart-container')
    .map(({ id }) => id);
}

describe('a file that a run replaced before it was killed', () => {
  it.each([
    [webhook],
    ['/etc/kubernetes/ssl/kube-etcd-client-ca.pem'],
    ['/etc/kubernetes/ssl/kube-etcd-client-key.pem'],
  ])('restarts its readers in the next run: %s', (path) => {
    const plan = clusterWith(path);
    const before = { file: { replacedAt: writtenAt }, startedAt: at(writtenAt - 3600) };
    expect(restarts(plan, found(plan, before))).toEqual(
      [1, 2, 3].map((host) => `run:kube-apiserver@10.0.0.${host}`),
    );
    const after = { file: { replacedAt: writtenAt }, startedAt: at(writtenAt + 0.5) };
    expect(restarts(plan, found(plan, after))).toEqual([]);
  });

  it('restarts nothing at a takeover, if RKE wrote files after it started containers', () => {
    const plan = clusterWith(webhook);
    fc.assert(
      fc.property(fc.integer({ min: 1_000_000_000, max: 2_400_000_000 }), (modified) => {
        expect(replacedAt(modified)).toBeUndefined();
      }),
    );
    // What earlier versions of this program wrote.
    expect(replacedAt(0)).toBeUndefined();
    expect(restarts(plan, found(plan, { file: {}, startedAt: at(1_600_000_000) }))).toEqual([]);
  });
});

describe('the time of a file', () => {
  const [node] = clusterWith(webhook).nodes;
  if (node === undefined) throw new Error('no node');
  const planned = (file: Partial<ObservedFile> | undefined): unknown => {
    const [host] = found(
      { nodes: [node], addons: [] },
      { file: file ?? {}, startedAt: at(0) },
    ).hosts.values();
    if (host === undefined) throw new Error('no host');
    const observed = file === undefined ? { ...host, files: new Map<string, ObservedFile>() } : host;
    const [operation] = planFiles(node, observed);
    return operation?.kind === 'put-files' ? operation.files[0]?.replacedAt : 'not written';
  };

  it('is written with another content alone', () => {
    expect(planned({ sha256: hash('sha256', 'old'), replacedAt: writtenAt })).toBe('now');
    expect(planned({ mode: 0o644, replacedAt: writtenAt })).toBe(writtenAt);
    expect(planned({ mode: 0o644 })).toBeUndefined();
    // Readers of a file that is put back have read it.
    expect(planned(undefined)).toBeUndefined();
    expect(planned({ replacedAt: writtenAt })).toBe('not written');
  });

  it('survives an archive, in whole seconds', async () => {
    const mtime = modificationTime(writtenAt + 0.9);
    const entry = { path: webhook, content: 'a', mode: 0o600, uid: 0, gid: 0 };
    const archive = await packFiles([{ ...entry, ...(mtime === undefined ? {} : { mtime }) }, entry]);
    expect((await unpackFiles(archive)).map((one) => replacedAt(one.mtime))).toEqual([writtenAt, undefined]);
  });

  it('is not compared for a container that was never started', () => {
    expect(isOlderThan(undefined, { replacedAt: writtenAt })).toBe(false);
    expect(isOlderThan(at(writtenAt - 1), undefined)).toBe(false);
  });
});
