import type { Taint } from '../../config/cluster-spec.js';
import { recordAt, textAt } from '../../core/fields.js';
import { isRecord } from '../../core/stable.js';
import type { KubeObject, NodePlan } from '../../plan/cluster-plan-types.js';
import { isSameTaintKey } from '../../plan/node-metadata.js';
import type { HostOperations } from './host-operations.js';
import { apiAnswers, containerId, healthyId, readyId } from '../operation-ids.js';
import type { AwaitNodeReady } from '../kinds/wait-kinds.js';
import type { NodeChanges } from '../kinds/cluster-kinds.js';
import type { Operation } from '../operations.js';
import { objectReadiness } from '../diff/readiness.js';

const nodeTimeoutSeconds = 300;

/**
 * What a host's Kubernetes node needs: labels, annotations and taints, and a wait if it is not Ready or its kubelet is touched.
 *
 * @param found the node as it is; undefined if it was not found, or no API answered
 */
export function planNode(node: NodePlan, work: HostOperations, found: KubeObject | undefined): Operation[] {
  const { address: host, hostnameOverride: name } = node.node;
  const changes = diffNode(node, found);
  const touched = work.containers.some(({ container }) => container.name === 'kubelet');
  const sync: Operation[] =
    changes === undefined
      ? []
      : [
          {
            id: `sync@${host}`,
            stage: 'nodes',
            title: `label and taint node ${name}`,
            host,
            after: [apiAnswers, containerId('kubelet', host)],
            kind: 'sync-node',
            node: node.identity,
            timeoutSeconds: nodeTimeoutSeconds,
            ...changes,
          },
        ];
  if (!touched) return isNodeReady(found) ? sync : [...sync, awaitReady(node)];
  return [...sync, awaitReady(node, { newKubelet: newKubelet(node, found) })];
}

/** Waits for a node that is not Ready, or whose kubelet is started again and must report again. */
export function awaitReady(
  { node, identity }: NodePlan,
  touched: Pick<AwaitNodeReady, 'newKubelet'> = {},
): Operation {
  const { address: host, hostnameOverride: name } = node;
  return {
    id: readyId(host),
    stage: 'nodes',
    title: `node ${name} Ready`,
    host,
    after: [apiAnswers, containerId('kubelet', host), healthyId('kubelet', host)],
    kind: 'await-node-ready',
    node: identity,
    timeoutSeconds: nodeTimeoutSeconds,
    ...touched,
  };
}

/** The version that the next kubelet must report, if it differs from the current one. */
export function newKubelet(node: NodePlan, found: KubeObject | undefined): { readonly version?: string } {
  const image = node.containers.find(({ name }) => name === 'kubelet')?.image ?? '';
  const version = /:(v\d+\.\d+\.\d+)[^:/]*$/.exec(image)?.[1];
  const reported = kubeletVersion(found);
  return version === undefined || reported === undefined || isSameVersion(version, reported)
    ? {}
    : { version };
}

/** Version that the kubelet of a node has reported. */
export function kubeletVersion(node: KubeObject | undefined): string | undefined {
  return textAt(recordAt(recordAt(node ?? {}, 'status'), 'nodeInfo'), 'kubeletVersion') || undefined;
}

/** True for the same release, whatever the build of the kubelet is called: `v1.30.4` and `v1.30.4-rancher1`. */
export function isSameVersion(one: string, other: string): boolean {
  const release = (version: string): string => version.split(/[-+]/, 1)[0] ?? '';
  return release(one) === release(other);
}

/** True if the node object exists and is Ready. */
export function isNodeReady(node: KubeObject | undefined): boolean {
  return node !== undefined && objectReadiness(node).ready;
}

/**
 * Labels, annotations and taints that a Kubernetes node lacks or has too many of (RKE cluster/cluster.go syncNode*).
 * Those that are not in the plan belong to the cluster and stay.
 *
 * @returns undefined if nothing differs
 */
export function diffNode(plan: NodePlan, node: KubeObject | undefined): NodeChanges | undefined {
  // A node that was not seen may have any of what is to be removed.
  const isRemovable = (isThere: boolean): boolean => node === undefined || isThere;
  const have = {
    labels: node?.metadata.labels ?? {},
    annotations: node?.metadata.annotations ?? {},
    taints: taintsOf(node),
  };
  const changes: NodeChanges = {
    labels: differing(plan.labels, have.labels),
    labelsRemoved: plan.labelsRemoved.filter((label) => isRemovable(Object.hasOwn(have.labels, label))),
    annotations: differing(plan.annotations, have.annotations),
    taints: plan.taints.filter((taint) => !have.taints.some((other) => sameTaint(taint, other))),
    taintsRemoved: plan.taintsRemoved.filter((taint) =>
      isRemovable(have.taints.some((other) => isSameTaintKey(taint, other))),
    ),
  };
  const count =
    Object.keys(changes.labels).length +
    changes.labelsRemoved.length +
    Object.keys(changes.annotations).length +
    changes.taints.length +
    changes.taintsRemoved.length;
  return count === 0 ? undefined : changes;
}

/** The taints of a node object. */
export function taintsOf(node: KubeObject | undefined): readonly Taint[] {
  const spec = node?.['spec'];
  return isRecord(spec) && Array.isArray(spec['taints']) ? (spec['taints'] as Taint[]) : [];
}

/** True for the same key, value and effect; `timeAdded` is not compared. */
export function sameTaint(a: Taint, b: Taint): boolean {
  return isSameTaintKey(a, b) && (a.value ?? '') === (b.value ?? '');
}

function differing(
  want: Readonly<Record<string, string>>,
  have: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(want).filter(([name, value]) => have[name] !== value));
}
