import { kubernetesMinor } from '../../../versions/kubernetes-version.js';
import type { ClusterSpec } from '../../cluster-spec.js';
import { error, warning, type Finding, type RuleInput } from '../rule.js';

/** The version that a file without kubernetes_version means: that of the cluster, else the catalogue's default. */
export function runningVersion({
  running,
  begun,
}: {
  readonly running?: ClusterSpec | undefined;
  readonly begun?: ClusterSpec | undefined;
}): string | undefined {
  return (begun ?? running)?.kubernetesVersion;
}

/** Says that the version is kept, if the default is another one: RKE v1 upgraded such a cluster. */
export function versionKept({ spec, config, running, begun, catalog }: RuleInput): Finding[] {
  const kept = runningVersion({ running, begun });
  if ((config.kubernetesVersion ?? '') !== '' || kept === undefined || kept === catalog.defaultVersion)
    return [];
  return [
    warning(
      'version-kept',
      'kubernetes_version',
      `is not set, so the cluster keeps ${spec.kubernetesVersion} (the default for a new one is ${catalog.defaultVersion}); write it into the file`,
    ),
  ];
}

/**
 * Kubernetes goes up one minor at a time and never down: components further apart do not understand each other, and etcd keeps
 * what older ones cannot read (kubernetes.io, version skew policy). RKE v1 did not check it. A run that was interrupted counts:
 * some hosts may have its version already, others may not.
 */
export function versionSkew({ spec, running, begun, lineOf }: RuleInput): Finding[] {
  const states = [
    ...(running === undefined ? [] : [{ cluster: running, runs: 'the cluster runs' }]),
    ...(begun === undefined ? [] : [{ cluster: begun, runs: 'a run that did not finish began to install' }]),
  ];
  for (const { cluster, runs } of states) {
    const [from, to] = [cluster.kubernetesVersion, spec.kubernetesVersion];
    const finding =
      skew('kubernetes_version', from, to, runs) ??
      (lineOf('system_images.kubernetes') === undefined
        ? undefined
        : skew('system_images.kubernetes', imageVersion(cluster) ?? from, imageVersion(spec) ?? to, runs));
    if (finding !== undefined) return [finding];
  }
  return [];
}

function skew(path: string, from: string, to: string, runs: string): Finding | undefined {
  const steps = kubernetesMinor(to) - kubernetesMinor(from);
  if (steps === 0 || steps === 1) return undefined;
  const message =
    steps < 0
      ? `${runs} ${from}, and a minor cannot be taken back; keep ${from}`
      : `${runs} ${from}; go up one minor at a time, v1.${kubernetesMinor(from) + 1} first`;
  return error('version-skew', path, message);
}

/** The version that the tag of the Kubernetes image names. */
function imageVersion({ systemImages }: ClusterSpec): string | undefined {
  return /:(v\d+\.\d+\.\d+[^/:]*)$/.exec(systemImages['kubernetes'] ?? '')?.[1];
}
