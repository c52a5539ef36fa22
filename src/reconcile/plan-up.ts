import { countApplied, planAddons } from './plan-addons.js';
import { sum } from '../core/sum.js';
import type { PruneRules } from './diff/user-addon-changes.js';
import { noPruneOfNamespaces } from './intents/user-addon-operations.js';
import { keepWaitsOfApplied } from './intents/await-addon.js';
import { forgetNetwork, planNetworkChange } from './intents/network-change.js';
import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import { createMilestone, pruneSatisfiedDependencies, uniqueById } from './order/graph.js';
import { noRollout, type Rollout } from './diff/file-readers.js';
import { imagesPulled } from './operation-ids.js';
import { holdForDnsCache } from './order/dns-cache.js';
import { isNodeDown, listAbsentMembers } from './order/absent-nodes.js';
import { planGates } from './order/gates.js';
import { orderContainers } from './order/order-containers.js';
import { idsOf, membersOf } from './order/planes.js';
import { planHost, type ReachedHost } from './intents/host-operations.js';
import { keepOnlyNewWorkers } from './intents/only-new-workers.js';
import { createNodeFinder, type NodeFinder } from './diff/find-node.js';
import { planMembership } from './membership/plan-membership.js';
import { withJoinArguments } from './order/join-members.js';
import { leaveMembers } from './order/leave-members.js';
import { leavingOperations } from './order/leaving-nodes.js';
import { isNodeReady, planNode } from './intents/node-operations.js';
import { addImageCheck, holdReplacements } from './order/image-check.js';
import type { ObservedCluster } from './observed.js';
import type { LeftOut, OperationPlan } from './operations.js';
import { guardPlanes, planesDone } from './order/guard-planes.js';
import { addUpgradeSnapshots, type UpgradeSnapshot } from './snapshots/upgrade-snapshots.js';
import { interruptedNodes, rollingNow } from './order/node-places.js';
import { releaseLeases } from './order/release-leases.js';

/** What a run adds to its plan and what was observed. */
export interface UpRules {
  /** What an add-on gets to become available once a node is Ready. */
  readonly addonTimeoutSeconds: number;
  /** Certificates that an earlier run may not have brought to every host. */
  readonly rollout?: Rollout | undefined;
  /** What may be deleted of user add-ons. */
  readonly rules?: PruneRules;
  /** The snapshot of etcd before an upgrade of Kubernetes; none without it. */
  readonly snapshot?: UpgradeSnapshot | undefined;
}

/**
 * `rke up`: the operations that bring the observed cluster to its plan; none if nothing differs. Hosts that were not reached
 * get none (the command decides whether to continue without them).
 *
 * Order of what is new: files and images first; etcd of all hosts side by side; the control planes when a majority of etcd
 * is healthy; kubelet, kube-proxy, add-ons and node objects as soon as one kube-apiserver answers. What interrupts
 * something goes plane by plane and host by host (guard-planes.ts); kubelets that get the address of NodeLocal DNSCache follow
 * when it runs (dns-cache.ts). Members of a running etcd join and leave one at a time (join-members.ts, leave-members.ts).
 */
export function planUp(
  given: ClusterPlan,
  observed: ObservedCluster,
  { addonTimeoutSeconds, rollout = noRollout, rules = noPruneOfNamespaces, snapshot }: UpRules,
): OperationPlan {
  const membership = planMembership(given, observed);
  const plan = withJoinArguments(given, membership);
  const reached = planReached(plan, observed, rollout);
  const findNode = createNodeFinder(observed.kube?.nodes.values() ?? []);
  const files = reached.flatMap(({ work }) => work.files);
  const network = planNetworkChange(plan, observed);
  const seen = forgetNetwork({ plan, observed }, network);
  const pulls = uniqueById([...reached.flatMap(({ work }) => work.pulls), ...network.pulls]);
  const filesWritten = createMilestone('files', 'files', idsOf(files));
  const allPulled = createMilestone(imagesPulled, 'images', idsOf(pulls));
  const absent = listAbsentMembers(plan, observed, { membership, findNode });
  const nodes = reached.flatMap(({ node, work }) => planNode(node, work, findNode(node.identity)));
  const work = reached.flatMap((host) => orderContainers(host.node, host.work, filesWritten.id));
  const guarded = guardPlanes({
    work: holdReplacements(holdForDnsCache(work), imagesPulled),
    nodeWaits: nodes.filter(({ kind }) => kind === 'await-node-ready'),
    members: membersOf(reached, rollout, membership),
    absent,
    nodes: interruptedNodes(reached, observed, findNode),
    notReady: notReadyHosts(reached, findNode),
    rolling: rollingNow(plan, observed, findNode),
    membership,
  });
  const addons = planAddons(seen, {
    ...{ rules, work },
    timeoutSeconds: addonTimeoutSeconds,
    networkAfter: network.applyAfter,
  });
  const operations = [
    ...pulls,
    allPulled,
    ...files,
    filesWritten,
    ...releaseLeases(guarded, plan, observed),
    ...reached.flatMap(({ work }) => work.leftovers),
    ...nodes.filter(({ kind }) => kind !== 'await-node-ready'),
    ...leaveMembers(membership, plan, observed, planesDone),
    ...leavingOperations(plan, observed, { findNode, done: planesDone }),
    ...network.operations,
    ...(isNodeDown(plan, observed, findNode) ? keepWaitsOfApplied(addons) : addons),
  ];
  const needed = pruneSatisfiedDependencies([...planGates(reached, operations, absent), ...operations]);
  return {
    operations: addImageCheck(
      snapshot === undefined ? needed : addUpgradeSnapshots(needed, plan, observed, snapshot),
    ),
    ...(plan.onlyNewWorkers === undefined ? {} : { leftOut: reached.flatMap(({ leftOut }) => leftOut) }),
    unchanged: {
      containers: sum(reached.map(({ work }) => work.unchanged.containers)),
      files: sum(reached.map(({ work }) => work.unchanged.files)),
      addons: countApplied(seen),
    },
  };
}

/** What each host that was reached needs. */
function planReached(
  plan: ClusterPlan,
  { hosts }: ObservedCluster,
  rollout: Rollout,
): (ReachedHost & { readonly leftOut: readonly LeftOut[] })[] {
  const newWorkers = plan.onlyNewWorkers === undefined ? undefined : new Set(plan.onlyNewWorkers);
  return plan.nodes.flatMap((node) => {
    const { address } = node.node;
    const observed = hosts.get(address);
    if (observed === undefined) return [];
    const work = planHost(node, observed, rollout);
    const kept =
      newWorkers === undefined ? { work, leftOut: [] } : keepOnlyNewWorkers(work, address, newWorkers);
    return [{ node, observed, ...kept }];
  });
}

/** Hosts whose node is not Ready, or not known because the API was not read. */
function notReadyHosts(reached: readonly ReachedHost[], findNode: NodeFinder): Set<string> {
  return new Set(
    reached.filter(({ node }) => !isNodeReady(findNode(node.identity))).map(({ node }) => node.node.address),
  );
}
