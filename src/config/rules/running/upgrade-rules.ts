import type { Finding } from '../rule.js';
import type { Difference } from './differences.js';
import { refuse, type RunningCluster } from './running-cluster.js';

/**
 * `max_unavailable_…`: hosts are upgraded one after another for now, so a value that allows more would not be acted upon.
 * One that allows one host is what is done.
 */
export function maxUnavailable(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const { path, after } = difference;
  const role = path.endsWith('controlplane') ? 'controlplane' : 'worker';
  const hosts = cluster.spec.nodes.filter((node) => node.role.includes(role)).length;
  if (cluster.lineOf(path) === undefined || atOnce(String(after), hosts) <= 1) return undefined;
  return refuse(
    path,
    `cannot be changed to ${String(after)} yet: hosts are upgraded one after another`,
    'set it to 1, or leave it as it was',
  );
}

/** How many hosts a number or a percentage of them allows, at least one (RKE services/services.go:202). */
function atOnce(text: string, hosts: number): number {
  const number = Number.parseInt(text, 10);
  return text.trim().endsWith('%') ? Math.max(1, Math.floor((hosts * number) / 100)) : number;
}

/** `drain: true` with which the cluster runs already: nothing may interrupt its pods as long as nodes are not drained. */
export function drainBefore(cluster: RunningCluster): Finding[] {
  const { spec, running } = cluster;
  if (spec.upgradeStrategy?.['drain'] !== true || running.upgradeStrategy?.['drain'] !== true) return [];
  if (spec.kubernetesVersion === running.kubernetesVersion) return [];
  return [
    refuse(
      'upgrade_strategy.drain',
      `nodes are not drained yet, and this run upgrades Kubernetes to ${spec.kubernetesVersion}`,
      'set it to false, and run `kubectl drain` yourself where pods need it',
    ),
  ];
}
