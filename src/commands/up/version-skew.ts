import { kubeError, type RkeError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { kubeletVersion } from '../../reconcile/intents/node-operations.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import type { Operation } from '../../reconcile/operations.js';
import { imageMinor } from '../../versions/kubernetes-version.js';

/**
 * Refuses to give kube-apiservers a version that those that run, or the kubelets of the cluster, are too far from, whatever the state
 * says: one failure VERSION_SKEW (exit 7) for each. A kube-apiserver is upgraded by one minor version and never downgraded; a kubelet
 * is at most three minor versions older, two before 1.28, and never newer (kubernetes.io, version skew policy).
 */
export function refuseVersionSkew(
  plan: ClusterPlan,
  observed: ObservedCluster,
  operations: readonly Operation[],
): Failure[] {
  const next = nextMinor(plan);
  if (next === undefined || !operations.some(changesVersion)) return [];
  return [...servers(observed, next), ...kubelets(plan, observed, next)].map((error) => ({
    title: 'check versions',
    error,
  }));
}

/** The same as warnings, if the user accepts it. */
export function listVersionSkew(
  plan: ClusterPlan,
  observed: ObservedCluster,
  operations: readonly Operation[],
): string[] {
  return refuseVersionSkew(plan, observed, operations).map(({ error }) => error.message);
}

function nextMinor({ nodes }: ClusterPlan): number | undefined {
  const all = nodes.flatMap(({ containers }) => containers);
  return imageMinor(all.find(({ name }) => name === 'kube-apiserver')?.image);
}

function changesVersion(operation: Operation): boolean {
  return (
    operation.kind === 'replace-container' &&
    operation.container.name === 'kube-apiserver' &&
    operation.changes.some(({ field }) => field === 'image')
  );
}

function servers({ hosts }: ObservedCluster, next: number): RkeError[] {
  const far = [...hosts].flatMap(([host, { containers }]) => {
    const minor = imageMinor(containers.get('kube-apiserver')?.image);
    return minor === undefined || minor === next || minor === next - 1 ? [] : [{ name: host, minor }];
  });
  const older = far.filter(({ minor }) => minor < next);
  const newer = far.filter(({ minor }) => minor > next);
  return [
    ...refuse(
      older,
      (found) => `kube-apiserver would skip a minor version: 1.${next} is to replace ${found}`,
      (lowest) => `upgrade one minor version at a time, v1.${lowest + 1} first`,
    ),
    ...refuse(
      newer,
      (found) => `kube-apiserver would be downgraded: 1.${next} is to replace ${found}`,
      () => 'set kubernetes_version to the version that runs',
    ),
  ];
}

function kubelets({ leaving = [] }: ClusterPlan, { kube }: ObservedCluster, next: number): RkeError[] {
  const gone = new Set(leaving.map(({ identity }) => identity.hostname));
  const found = [...(kube?.nodes ?? [])].flatMap(([name, node]) => {
    const minor = imageMinor(`:${kubeletVersion(node) ?? ''}`);
    return minor === undefined || gone.has(name) ? [] : [{ name, minor }];
  });
  const most = next >= 28 ? 3 : 2;
  return [
    ...refuse(
      found.filter(({ minor }) => minor < next - most),
      (names) =>
        `kubelets are too old for kube-apiserver 1.${next}, which works with 1.${next - most} at least: ${names}`,
      () => 'upgrade or remove these nodes first',
    ),
    ...refuse(
      found.filter(({ minor }) => minor > next),
      (names) => `kubelets would be newer than kube-apiserver 1.${next}: ${names}`,
      () => 'set kubernetes_version to the version that the kubelets have, or a newer one',
    ),
  ];
}

interface Found {
  readonly name: string;
  readonly minor: number;
}

function refuse(
  found: readonly Found[],
  message: (found: string) => string,
  fix: (lowest: number) => string,
): RkeError[] {
  if (found.length === 0) return [];
  const names = found.slice(0, mostNamed).map(({ name, minor }) => `1.${minor} (${name})`);
  const more = found.length > mostNamed ? ` and ${found.length - mostNamed} more` : '';
  const lowest = Math.min(...found.map(({ minor }) => minor));
  return [kubeError('VERSION_SKEW', `${message(names.join(', '))}${more}`, { fix: fix(lowest) })];
}

const mostNamed = 5;
