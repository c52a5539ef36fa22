import type { ClusterSpec, EtcdSpec } from '../../cluster-spec.js';
import type { Finding } from '../rule.js';
import type { Difference } from './differences.js';
import { fixedEtcdFlag } from './fixed-flags.js';
import { normalizePath } from './path-rules.js';
import { refuse, refuseValue, type RunningCluster } from './running-cluster.js';

/** Directory of the database in the container, and what RKE v1 mounts there (RKE cluster/plan.go:1032). */
const defaultDataDir = '/var/lib/rancher/etcd';
const defaultBind = `prefix:${defaultDataDir}`;

/** `extra_env` of etcd: refused for variables of flags that cannot change. */
export function judgeEtcdEnvironment(difference: Difference): Finding | undefined {
  const [before, after] = [variables(difference.before), variables(difference.after)];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const why = name.startsWith('ETCD_')
      ? fixedEtcdFlag(name.slice('ETCD_'.length).toLowerCase().replaceAll('_', '-'))
      : undefined;
    if (why === undefined || before.get(name) === after.get(name)) continue;
    return refuse(
      difference.path,
      `${name} cannot be changed on a running cluster: ${why}`,
      before.has(name) ? `set it back to ${before.get(name) ?? ''}` : 'remove it',
    );
  }
  return undefined;
}

function variables(env: unknown): Map<string, string> {
  const entries = Array.isArray(env) ? (env as readonly string[]) : [];
  return new Map(
    entries.map((entry) => {
      const end = entry.includes('=') ? entry.indexOf('=') : entry.length;
      return [entry.slice(0, end), entry.slice(end + 1)];
    }),
  );
}

/** `extra_binds` of etcd: mounts at, above and below the data directory decide where the database is. */
export function judgeEtcdBinds(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const before = dataBinds(cluster.running.services.etcd);
  const after = dataBinds(cluster.spec.services.etcd);
  if (before.join() === after.join()) return undefined;
  return refuse(
    difference.path,
    'mounts at the data directory of etcd cannot be changed on a running cluster: members would start with an empty database',
    isUnset(difference.before) ? 'remove the binds' : 'set them back',
  );
}

const isUnset = (value: unknown): boolean => !Array.isArray(value) || value.length === 0;

function dataBinds({ extraBinds = [], extraArgs = {} }: EtcdSpec): string[] {
  const directories = [extraArgs['data-dir'] ?? defaultDataDir, extraArgs['wal-dir'] ?? ''].filter(Boolean);
  const mounts = [defaultBind, ...extraBinds].map((bind) => {
    const [source = '', target = ''] = bind.split(':');
    return { source: normalizePath(source), target: normalizePath(target) };
  });
  return directories.map(normalizePath).flatMap((directory) => {
    const above = mounts
      .filter(({ target }) => isWithin(directory, target))
      .sort((a, b) => b.target.length - a.target.length)
      .slice(0, 1);
    const below = mounts.filter(({ target }) => target !== directory && isWithin(target, directory));
    return [...above, ...below].map(({ source, target }) => `${source}:${target}`).sort();
  });
}

const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);

/** `external_urls`: the etcd cannot be exchanged, but single URLs of an external etcd may change. */
export function judgeExternalEtcd(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const [before, after] = [urlsOf(cluster.running), urlsOf(cluster.spec)];
  if (before.some((url) => after.includes(url))) return undefined;
  const why = 'all objects of the cluster are in that etcd';
  if (before.length === 0)
    return refuseValue(
      { ...difference, before: undefined },
      'all objects of the cluster are in its own etcd',
      cluster,
    );
  const finding = refuseValue(difference, why, cluster);
  return after.length === 0
    ? finding
    : {
        ...finding,
        message: `${finding.message}; if it is the same etcd, keep one of the old URLs in this run`,
      };
}

const urlsOf = ({ services }: ClusterSpec): readonly string[] => services.etcd.externalUrls ?? [];

/** `system_images.etcd`: an older etcd cannot read the data of a newer one. */
export function judgeEtcdImage(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const images = [cluster.running, ...(cluster.begun === undefined ? [] : [cluster.begun])];
  const after = releaseOf(difference.after);
  for (const { systemImages } of images) {
    const before = releaseOf(systemImages['etcd']);
    if (before === undefined || after === undefined) continue;
    const steps = (after.major - before.major) * 1000 + after.minor - before.minor;
    if (steps === 0 || steps === 1) continue;
    const why =
      steps < 0
        ? 'an older release of etcd cannot read its data'
        : 'etcd must be upgraded one minor release at a time';
    return refuseValue({ ...difference, before: systemImages['etcd'] }, why, cluster);
  }
  return undefined;
}

function releaseOf(image: unknown): { readonly major: number; readonly minor: number } | undefined {
  const found = typeof image === 'string' ? /:v?(\d+)\.(\d+)[^/:]*$/.exec(image) : null;
  return found === null ? undefined : { major: Number(found[1]), minor: Number(found[2]) };
}
