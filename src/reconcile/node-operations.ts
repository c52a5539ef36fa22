import type { Taint } from '../config/cluster-spec.js';
import { isRecord } from '../core/stable.js';
import { objectReadiness } from './readiness.js';
import type { KubeObject, NodePlan } from '../plan/cluster-plan-types.js';
import type { NodeChanges } from './operations.js';

/** Is the node object there and Ready. */
export function isNodeReady(node: KubeObject | undefined): boolean {
  return node !== undefined && objectReadiness(node).ready;
}

/**
 * Labels, annotations and taints that a Kubernetes node lacks or has too many of (RKE cluster/cluster.go syncNode*).
 * Those that the plan does not speak of are the cluster's own and stay.
 *
 * @returns undefined where nothing is to be done
 */
export function diffNode(plan: NodePlan, node: KubeObject | undefined): NodeChanges | undefined {
  const have = {
    labels: node?.metadata.labels ?? {},
    annotations: node?.metadata.annotations ?? {},
    taints: taintsOf(node),
  };
  const changes: NodeChanges = {
    labels: differing(plan.labels, have.labels),
    labelsRemoved: plan.labelsRemoved.filter((label) => label in have.labels),
    annotations: differing(plan.annotations, have.annotations),
    taints: plan.taints.filter((taint) => !have.taints.some((other) => sameTaint(taint, other))),
  };
  const count =
    Object.keys(changes.labels).length +
    changes.labelsRemoved.length +
    Object.keys(changes.annotations).length +
    changes.taints.length;
  return count === 0 ? undefined : changes;
}

/** The taints of a node object. */
export function taintsOf(node: KubeObject | undefined): readonly Taint[] {
  const spec = node?.['spec'];
  return isRecord(spec) && Array.isArray(spec['taints']) ? (spec['taints'] as Taint[]) : [];
}

/** Same key, value and effect; when it was added does not matter. */
export function sameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect && (a.value ?? '') === (b.value ?? '');
}

function differing(
  want: Readonly<Record<string, string>>,
  have: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(want).filter(([name, value]) => have[name] !== value));
}
