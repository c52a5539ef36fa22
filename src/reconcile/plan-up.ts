import { sum } from '../core/sum.js';
import type { PruneRules } from './diff/user-addon-changes.js';
import {
  appliedUserAddons,
  noPruneOfNamespaces,
  userAddonOperations,
} from './intents/user-addon-operations.js';
import { addReleaseSteps } from './intents/release-steps.js';
import { addonOperations, isAddonApplied } from './intents/addon-operations.js';
import { keepWaitsOfApplied } from './intents/await-addon.js';
import { userAddonWaits } from './intents/user-addon-waits.js';
import { forgetNetwork, planNetworkChange } from './intents/network-change.js';
import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import { createMilestone, pruneSatisfiedDependencies, uniqueById } from './order/graph.js';
import { noRollout, type Rollout } from './diff/file-readers.js';
import { apiAnswers, imagesPulled } from './operation-ids.js';
import { holdForDnsCache, releaseDnsCache } from './order/dns-cache.js';
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
import type { OperationPlan } from './operations.js';
import { guardPlanes, planesDone } from './order/guard-planes.js';
import { addUpgradeSnapshots, type UpgradeSnapshot } from './snapshots/upgrade-snapshots.js';
import { interruptedNodes, rollingNow } from './order/node-places.js';
import { releaseLeases } from './order/release-leases.js';

/**
 * `rke up`: the operations that bring the observed cluster to its plan; none if nothing differs. Hosts that were not reached
 * get none (the command decides whether to continue without them).
 *
 * Order of what is new: files and images first; etcd of all hosts side by side; the control planes when a majority of etcd
 * is healthy; kubelet, kube-proxy, add-ons and node objects as soon as one kube-apiserver answers. What interrupts
 * something goes plane by plane and host by host (guard-planes.ts); kubelets that get the address of NodeLocal DNSCache follow
 * when it runs (dns-cache.ts). Members of a running etcd join and leave one at a time (join-members.ts, leave-members.ts).
 *
 * @param rollout certificates that an earlier run may not have brought to every host
 * @param rules what may be deleted of user add-ons
 * @param snapshot the snapshot of etcd before an upgrade of Kubernetes; none without it
 */
export function planUp(
  given: ClusterPlan,
  observed: ObservedCluster,
  addonTimeoutSeconds: number,
  rollout: Rollout = noRollout,
  rules: PruneRules = noPruneOfNamespaces,
  snapshot?: UpgradeSnapshot,
): OperationPlan {
  const membership = planMembership(given, observed);
  const plan = withJoinArguments(given, membership);
  const newWorkers = plan.onlyNewWorkers === undefined ? undefined : new Set(plan.onlyNewWorkers);
  const reached = plan.nodes.flatMap((node) => {
    const host = observed.hosts.get(node.node.address);
    if (host === undefined) return [];
    const work = planHost(node, host, rollout);
    const kept =
      newWorkers === undefined
        ? { work, leftOut: [] }
        : keepOnlyNewWorkers(work, node.node.address, newWorkers);
    return [{ node, observed: host, ...kept }];
  });
  const findNode = createNodeFinder(observed.kube?.nodes.values() ?? []);
  const files = reached.flatMap(({ work }) => work.files);
  const network = planNetworkChange(plan, observed);
  const seen = forgetNetwork({ plan, observed }, network);
  const pulls = uniqueById([...reached.flatMap(({ work }) => work.pulls), ...network.pulls]);
  const filesWritten = createMilestone('files', 'files', idsOf(files));
  const absent = listAbsentMembers(plan, observed, { membership, findNode });
  const allPulled = createMilestone(imagesPulled, 'images', idsOf(pulls));
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
  const containers = releaseLeases(guarded, plan, observed);
  const addons = releaseDnsCache(
    addonOperations(seen.plan, seen.observed, {
      after: apiAnswers,
      timeoutSeconds: addonTimeoutSeconds,
      networkAfter: network.applyAfter,
    }),
    work,
  );
  const systemAddons = addons.filter(({ kind }) => kind === 'apply-addon').map(({ id }) => id);
  const userAddons = addReleaseSteps(
    userAddonOperations(
      seen.plan,
      seen.observed,
      { after: [apiAnswers, ...systemAddons], timeoutSeconds: addonTimeoutSeconds },
      rules,
    ),
    seen.plan.userAddons ?? [],
  );
  const userWaits = userAddonWaits(seen.plan, seen.observed, {
    operations: userAddons,
    timeoutSeconds: addonTimeoutSeconds,
  });
  const ofAddons = [...addons, ...userAddons, ...userWaits];
  const operations = [
    ...pulls,
    allPulled,
    ...files,
    filesWritten,
    ...containers,
    ...reached.flatMap(({ work }) => work.leftovers),
    ...nodes.filter(({ kind }) => kind !== 'await-node-ready'),
    ...leaveMembers(membership, plan, observed, planesDone),
    ...leavingOperations(plan, observed, { findNode, done: planesDone }),
    ...network.operations,
    ...(isNodeDown(plan, observed, findNode) ? keepWaitsOfApplied(ofAddons) : ofAddons),
  ];
  const needed = pruneSatisfiedDependencies([...planGates(reached, operations, absent), ...operations]);
  return {
    operations: addImageCheck(
      snapshot === undefined ? needed : addUpgradeSnapshots(needed, plan, observed, snapshot),
    ),
    ...(newWorkers === undefined ? {} : { leftOut: reached.flatMap(({ leftOut }) => leftOut) }),
    unchanged: {
      containers: sum(reached.map(({ work }) => work.unchanged.containers)),
      files: sum(reached.map(({ work }) => work.unchanged.files)),
      addons:
        plan.addons.filter((addon) => isAddonApplied(addon, seen.plan, seen.observed)).length +
        appliedUserAddons(seen.plan, seen.observed).length,
    },
  };
}

/** Hosts whose node is not Ready, or not known because the API was not read. */
function notReadyHosts(reached: readonly ReachedHost[], findNode: NodeFinder): Set<string> {
  return new Set(
    reached.filter(({ node }) => !isNodeReady(findNode(node.identity))).map(({ node }) => node.node.address),
  );
}
