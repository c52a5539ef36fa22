import { addonOperations, isAddonApplied } from './intents/addon-operations.js';
import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import { withoutSatisfied } from './order/graph.js';
import { noRollout, type Rollout } from './diff/file-readers.js';
import { apiAnswers, gates, membersOf, orderContainers, type Reached } from './order/gates.js';
import { planHost } from './intents/host-operations.js';
import { findNode } from './diff/find-node.js';
import { isNodeReady, nodeOperations } from './intents/node-operations.js';
import { behindPulls, withImageCheck } from './intents/image-check.js';
import type { ObservedCluster } from './observed.js';
import type { OperationPlan } from './operations.js';
import { guardPlanes } from './order/guard-planes.js';

/**
 * `rke up`: what must be done so that the cluster is as planned, given what was observed. Pure; no change gives no
 * operations. Hosts that were not reached get none (the command decides whether to go on without them).
 *
 * Order of what is new: files and images first; etcd of all hosts side by side; the control planes when a majority of etcd
 * is healthy; kubelet, kube-proxy, add-ons and node objects as soon as one kube-apiserver answers. What interrupts
 * something goes plane by plane and host by host (guard-planes.ts).
 *
 * @param rollout certificates that an earlier run began to bring to the hosts
 */
export function planUp(
  plan: ClusterPlan,
  observed: ObservedCluster,
  addonTimeoutSeconds: number,
  rollout: Rollout = noRollout,
): OperationPlan {
  const reached = plan.nodes.flatMap((node) => {
    const host = observed.hosts.get(node.node.address);
    return host === undefined ? [] : [{ node, observed: host, work: planHost(node, host, rollout) }];
  });
  const files = reached.flatMap(({ work }) => work.files);
  const written = files.map(({ id }) => id);
  const pulls = reached.flatMap(({ work }) => work.pulls);
  const containers = guardPlanes({
    work: behindPulls(
      reached.flatMap(({ node, work }) => orderContainers(node, work, written)),
      pulls,
    ),
    members: membersOf(reached, rollout),
    notReady: notReadyHosts(reached, observed),
  });
  const operations = [
    ...pulls,
    ...files,
    ...containers,
    ...reached.flatMap(({ work }) => work.leftovers),
    ...reached.flatMap(({ node, work }) => nodeOperations(node, work, observed)),
    ...addonOperations(plan, observed, { after: apiAnswers, timeoutSeconds: addonTimeoutSeconds }),
  ];
  return {
    operations: withImageCheck(withoutSatisfied([...gates(reached, operations), ...operations])),
    unchanged: {
      containers: sum(reached.map(({ work }) => work.unchanged.containers)),
      files: sum(reached.map(({ work }) => work.unchanged.files)),
      addons: plan.addons.filter((addon) => isAddonApplied(addon, plan, observed)).length,
    },
  };
}

/** Hosts whose node is not as it should be, or of which the API did not say so. */
function notReadyHosts(reached: readonly Reached[], { kube }: ObservedCluster): Set<string> {
  const found = [...(kube?.nodes.values() ?? [])];
  return new Set(
    reached
      .filter(({ node }) => !isNodeReady(findNode(found, node.identity)))
      .map(({ node }) => node.node.address),
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
