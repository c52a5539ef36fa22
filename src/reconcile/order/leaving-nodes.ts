import type { ClusterPlan, DrainSettings, KubeObject, LeavingNode } from '../../plan/cluster-plan-types.js';
import type { NodeFinder } from '../diff/find-node.js';
import { isNewHost, type ObservedCluster } from '../observed.js';
import {
  apiAnswers,
  cordonId,
  deleteNodeId,
  drainId,
  readyId,
  removeId,
  removeMemberId,
} from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';
import { createMilestone } from './graph.js';
import { removeFromHost } from '../intents/host-removal.js';
import { isNodeReady } from '../intents/node-operations.js';

/** Reached when all nodes that leave are cordoned. */
export const nodesCordoned: OperationId = 'cordoned';

/** Nothing else may keep a node that leaves: its host is cleaned, so what only it has goes with it. */
const leavingDrain = { force: true, ignoreDaemonSets: true, deleteLocalData: true } as const;

/**
 * Takes nodes that left cluster.yml out of the cluster. Others take over first: what joins is Ready, and the control planes
 * and workers that stay are as planned. All that leave are cordoned before the first is drained, so that no pod moves from one
 * to the next. The node object is deleted when the kubelet is gone, which would register it again, and then the host is cleaned. Of a
 * node whose host is lost, only the object is left to delete.
 *
 * @param done reached when the hosts that stay are as planned
 */
export function leavingOperations(
  { leaving = [], nodes, rolling }: ClusterPlan,
  observed: ObservedCluster,
  { findNode, done }: { readonly findNode: NodeFinder; readonly done: OperationId },
): Operation[] {
  // Without the API nobody knows what runs on a node; the command refuses that.
  if (observed.kube === undefined) return [];
  const joining = nodes.filter(({ node }) => {
    const host = observed.hosts.get(node.address);
    return host !== undefined && isNewHost(host);
  });
  const after = [apiAnswers, done, ...joining.map(({ node }) => readyId(node.address))];
  const cordoned = createMilestone(nodesCordoned, 'nodes', [
    ...after,
    ...leaving.map(({ node }) => cordonId(node.address)),
  ]);
  const operations = leaving.flatMap((node) =>
    takeOut(node, observed, {
      found: findNode(node.identity),
      after,
      cordoned: cordoned.id,
      places: rolling?.workersAtOnce ?? 1,
      drain: rolling?.drain,
    }),
  );
  return operations.length === 0 ? [] : [cordoned, ...operations];
}

interface Surroundings {
  readonly found: KubeObject | undefined;
  readonly after: readonly OperationId[];
  readonly cordoned: OperationId;
  readonly places: number;
  readonly drain: DrainSettings | undefined;
}

function takeOut(
  node: LeavingNode,
  observed: ObservedCluster,
  { found, after, cordoned, places, drain }: Surroundings,
): Operation[] {
  const { address: host, hostnameOverride: name } = node.node;
  const onHost = observed.hosts.get(host);
  if (onHost === undefined && node.isLost !== true) return [];
  const head = { stage: 'nodes', host, node: node.identity } as const;
  const cordon: Operation = {
    ...head,
    id: cordonId(host),
    title: `cordon node ${name}`,
    after,
    kind: 'cordon-node',
  };
  // The kubelet of a node that is not Ready ends no pod: the pods end with their containers.
  const drains = isNodeReady(found);
  const draining: Operation = {
    ...head,
    id: drainId(host),
    title: `drain node ${name}`,
    after: [cordoned],
    turn: { window: 'leaving', places, holder: host },
    kind: 'drain-node',
    options: {
      gracePeriodSeconds: drain?.gracePeriodSeconds ?? -1,
      timeoutSeconds: drain?.timeoutSeconds ?? 120,
      ...leavingDrain,
    },
  };
  const deleting: Operation = {
    ...head,
    id: deleteNodeId(host),
    title: `delete node ${name}`,
    after: [cordoned, drainId(host), removeId('kubelet', host)],
    kind: 'delete-node',
  };
  // The object stays as long as etcd has the member, so that the state does not forget it.
  if (onHost === undefined)
    return found === undefined ? [] : [{ ...deleting, after: [...after, removeMemberId(host)] }];
  return [
    ...(found === undefined ? [] : [cordon]),
    ...(drains ? [draining] : []),
    ...(found === undefined ? [] : [deleting]),
    ...removeFromHost(node, onHost, {
      // A member that etcd does not let go keeps its host.
      after: [cordoned, ...(drains ? [drainId(host)] : []), removeMemberId(host)],
    }),
  ];
}
