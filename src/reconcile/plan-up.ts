import { addonOperations, isAddonApplied } from './addon-operations.js';
import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import { withoutSatisfied } from './graph.js';
import { noRollout, type Rollout } from './file-readers.js';
import { apiAnswers, gates, inOrder, orderContainers } from './gates.js';
import { planHost } from './host-operations.js';
import { nodeOperations } from './node-operations.js';
import { behindPulls, withImageCheck } from './image-check.js';
import type { ObservedCluster } from './observed.js';
import type { OperationPlan } from './operations.js';

/**
 * `rke up`: what must be done so that the cluster is as planned, given what was observed. Pure; no change gives no
 * operations. Hosts that were not reached get none (the command decides whether to go on without them).
 *
 * Order: files and images first; etcd of all hosts together; the control planes when a majority of etcd is healthy;
 * kubelet, kube-proxy, add-ons and node objects as soon as one kube-apiserver answers.
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
    return host === undefined ? [] : [{ node, work: planHost(node, host, rollout) }];
  });
  const containers = reached.flatMap(({ node, work }) => orderContainers(node, work));
  const files = reached.flatMap(({ work }) => work.files);
  const pulls = reached.flatMap(({ work }) => work.pulls);
  const operations = [
    ...pulls,
    ...files,
    ...inOrder(behindPulls(containers, pulls), { files, rollout }),
    ...reached.flatMap(({ work }) => work.leftovers),
    ...reached.flatMap(({ node, work }) => nodeOperations(node, work, observed)),
    ...addonOperations(plan, observed, { after: apiAnswers, timeoutSeconds: addonTimeoutSeconds }),
  ];
  return {
    operations: withImageCheck(withoutSatisfied([...gates(reached, operations), ...operations])),
    unchanged: {
      containers: sum(reached.map(({ work }) => work.unchanged.containers)),
      files: sum(reached.map(({ work }) => work.unchanged.files)),
      addons: plan.addons.filter((addon) => isAddonApplied(addon, observed)).length,
    },
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
