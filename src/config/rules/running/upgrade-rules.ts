import type { Finding } from '../rule.js';
import type { Difference } from './differences.js';
import { refuse, type RunningCluster } from './running-cluster.js';

/**
 * `max_unavailable_…`: hosts are upgraded one at a time, so a value that allows more would have no effect. A value that allows
 * one host is accepted.
 */
export function judgeMaxUnavailable(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const { path, after } = difference;
  const role = path.endsWith('controlplane') ? 'controlplane' : 'worker';
  const hosts = cluster.spec.nodes.filter((node) => node.role.includes(role)).length;
  if (cluster.lineOf(path) === undefined || concurrentHosts(String(after), hosts) <= 1) return undefined;
  return refuse(
    path,
    `${String(after)} is not yet supported: hosts are upgraded one at a time`,
    'set it to 1, or undo the change',
  );
}

/** Number of hosts that a number or a percentage allows, at least one (RKE services/services.go:202). */
function concurrentHosts(text: string, hosts: number): number {
  const number = Number.parseInt(text, 10);
  return text.trim().endsWith('%') ? Math.max(1, Math.floor((hosts * number) / 100)) : number;
}

/** `drain: true` in the running cluster: its pods must not be interrupted as long as draining is not supported. */
export function checkDrain(cluster: RunningCluster): Finding[] {
  const { spec, running } = cluster;
  if (spec.upgradeStrategy?.['drain'] !== true || running.upgradeStrategy?.['drain'] !== true) return [];
  if (spec.kubernetesVersion === running.kubernetesVersion) return [];
  return [
    refuse(
      'upgrade_strategy.drain',
      `draining nodes is not yet supported, and this run upgrades Kubernetes to ${spec.kubernetesVersion}`,
      'set it to false, and run `kubectl drain` yourself if pods need it',
    ),
  ];
}
