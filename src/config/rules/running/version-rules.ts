import { kubernetesMinor } from '../../../versions/kubernetes-version.js';
import type { ClusterSpec } from '../../cluster-spec.js';
import { error, warning, type Finding, type RuleInput } from '../rule.js';

/** The version of the running cluster, which a file without kubernetes_version keeps; undefined for a new cluster. */
export function runningVersion({
  running,
  begun,
}: {
  readonly running?: ClusterSpec | undefined;
  readonly begun?: ClusterSpec | undefined;
}): string | undefined {
  return (begun ?? running)?.kubernetesVersion;
}

/** Warns that the version is kept if the default is another one: RKE v1 upgraded such a cluster. */
export function reportKeptVersion({ spec, config, running, begun, catalog }: RuleInput): Finding[] {
  const kept = runningVersion({ running, begun });
  if ((config.kubernetesVersion ?? '') !== '' || kept === undefined || kept === catalog.defaultVersion)
    return [];
  return [
    warning(
      'version-kept',
      'kubernetes_version',
      `not set, so the cluster keeps ${spec.kubernetesVersion} (the default for a new cluster is ${catalog.defaultVersion}); add kubernetes_version: ${spec.kubernetesVersion}`,
    ),
  ];
}

/**
 * Kubernetes is upgraded one minor version at a time and never downgraded: components further apart are incompatible, and etcd
 * keeps objects that older ones cannot read (kubernetes.io, version skew policy). RKE v1 did not check it; `--force-version` makes
 * it a warning. An interrupted run is
 * compared as well: some hosts may already have its version.
 */
export function checkVersionSkew({ spec, running, begun, lineOf, forceVersion }: RuleInput): Finding[] {
  const states = [
    ...(running === undefined ? [] : [{ cluster: running, runs: 'the cluster runs' }]),
    ...(begun === undefined ? [] : [{ cluster: begun, runs: 'an unfinished run started to install' }]),
  ];
  for (const { cluster, runs } of states) {
    const [from, to] = [cluster.kubernetesVersion, spec.kubernetesVersion];
    const finding =
      checkSkew('kubernetes_version', from, to, runs) ??
      (lineOf('system_images.kubernetes') === undefined
        ? undefined
        : checkSkew(
            'system_images.kubernetes',
            imageVersion(cluster) ?? from,
            imageVersion(spec) ?? to,
            runs,
          ));
    if (finding !== undefined) return [forceVersion ? { ...finding, severity: 'warning' } : finding];
  }
  return [];
}

function checkSkew(path: string, from: string, to: string, runs: string): Finding | undefined {
  const steps = kubernetesMinor(to) - kubernetesMinor(from);
  if (steps === 0 || steps === 1) return undefined;
  const message =
    steps < 0
      ? `${runs} ${from}, and Kubernetes cannot be downgraded to an older minor version; keep ${from}`
      : `${runs} ${from}; upgrade one minor version at a time, v1.${kubernetesMinor(from) + 1} first`;
  return error('version-skew', path, message);
}

/** The version in the tag of the Kubernetes image. */
function imageVersion({ systemImages }: ClusterSpec): string | undefined {
  return /:(v\d+\.\d+\.\d+[^/:]*)$/.exec(systemImages['kubernetes'] ?? '')?.[1];
}
