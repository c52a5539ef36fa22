import { sum } from '../core/sum.js';
import type { PodLabels } from '../plan/addons/addon-in-cluster.js';
import { allAddonsInCluster } from '../plan/addons/addons-in-cluster.js';
import { podSelectors } from '../plan/addons/pod-selectors.js';
import type { ClusterPlan, NodePlan } from '../plan/cluster-plan-types.js';
import { filesReadBy, type Rollout } from './diff/file-readers.js';
import { noneAbsent } from './order/absent-nodes.js';
import { planGates } from './order/gates.js';
import { createMilestone, pruneSatisfiedDependencies } from './order/graph.js';
import { orderContainers } from './order/order-containers.js';
import { apiAnswers } from './operation-ids.js';
import { awaitReady } from './intents/node-operations.js';
import { brokenContainers, planRunning } from './intents/container-operations.js';
import { planFiles, pullImage, type HostOperations, type ReachedHost } from './intents/host-operations.js';
import { isNewHost, type ObservedCluster, type ObservedHost } from './observed.js';
import type { Operation, OperationPlan } from './operations.js';
import { guardPlanes } from './order/guard-planes.js';
import { idsOf, membersOf, planeOf, type ContainerWork } from './order/planes.js';
import { noChanges } from './membership/plan-membership.js';

/**
 * `rke cert rotate`: writes the certificates that differ and restarts what reads them. All else in cluster.yml is ignored: no
 * container is created, replaced or removed, and no add-on changes. A stopped reader is started: its certificates may be why
 * it stopped.
 *
 * The API is not needed before it is restarted itself; if it neither answers nor is restarted, nothing waits for it. At the
 * end, with a new CA, the pods that RKE v1 restarts are restarted (cmd/cert.go:130): they trust only the old one.
 */
export function planRotation(
  plan: ClusterPlan,
  observed: ObservedCluster,
  rollout: Rollout & { readonly hasNewCa: boolean },
): OperationPlan {
  const reached = plan.nodes.flatMap((node): ReachedHost[] => {
    const host = observed.hosts.get(node.node.address);
    if (host === undefined || isNewHost(host)) return [];
    const narrowed = { ...node, files: node.files.filter(({ path }) => isCertificateFile(path)) };
    return [{ node: narrowed, observed: host, work: planCertificates(narrowed, host, rollout) }];
  });
  const files = reached.flatMap(({ work }) => work.files);
  const filesWritten = createMilestone('files', 'files', idsOf(files));
  const work = onlyInterruptedPlanes(
    reached.flatMap(({ node, work: found }) => orderContainers(node, found, filesWritten.id)),
  );
  const touchesApi = work.some(
    ({ container, operations: [first] }) => container === 'kube-apiserver' && first?.kind !== 'await-healthy',
  );
  const needsNoApi = (operation: Operation): Operation => ({
    ...operation,
    after: operation.after.filter((id) => touchesApi || id !== apiAnswers),
  });
  const apiAvailable = observed.kube !== undefined || touchesApi;
  const kubelets = reached.filter(({ work: { containers } }) =>
    containers.some(({ container }) => container.name === 'kubelet'),
  );
  const containers = guardPlanes({
    work,
    nodeWaits: apiAvailable ? kubelets.map(({ node }) => awaitReady(node, { newKubelet: {} })) : [],
    members: membersOf(reached, rollout, noChanges),
    absent: noneAbsent,
    // Restarts cordon nothing, and a rotation uncordons nothing.
    nodes: new Map(
      reached.map(({ node }) => [
        node.node.address,
        { plan: node, found: undefined, isApiRead: true, isNew: false },
      ]),
    ),
    membership: noChanges,
    notReady: new Set(),
    rolling: plan.rolling,
  });
  const operations = [
    ...reached.flatMap(({ work }) => work.pulls),
    ...files,
    filesWritten,
    ...containers.map((one) => (one.kind === 'await-node-ready' ? one : needsNoApi(one))),
  ];
  const all = [...planGates(reached, operations), ...operations];
  const pods = rollout.hasNewCa && apiAvailable ? [restartPods(all)] : [];
  return {
    operations: pruneSatisfiedDependencies([...all, ...pods]),
    unchanged: {
      containers: sum(reached.map(({ work }) => work.unchanged.containers)),
      files: sum(reached.map(({ work }) => work.unchanged.files)),
      addons: 0,
    },
  };
}

/** Keeps waits for broken containers only in planes that are interrupted: a rotation repairs nothing else. */
function onlyInterruptedPlanes(work: readonly ContainerWork[]): ContainerWork[] {
  const interrupted = new Set(work.filter((one) => one.takesTurn).map(({ container }) => planeOf(container)));
  return work.filter(
    ({ container, operations }) =>
      operations[0]?.kind !== 'await-healthy' || interrupted.has(planeOf(container)),
  );
}

/** True if the API answers, or the plan starts a kube-apiserver. */
export function canAskApi(
  { operations }: Pick<OperationPlan, 'operations'>,
  { kube }: ObservedCluster,
): boolean {
  return kube !== undefined || operations.some(({ id }) => id.startsWith('run:kube-apiserver@'));
}

/** True for certificates, keys and kubeconfigs; other files in the directory are not part of a rotation. */
function isCertificateFile(path: string): boolean {
  return /^\/etc\/kubernetes\/ssl\/([^/]+\.pem|kubecfg-[^/]+)$/.test(path);
}

function planCertificates(node: NodePlan, observed: ObservedHost, rollout: Rollout): HostOperations {
  const files = planFiles(node, observed);
  const isRead = new Set([
    ...rollout.files,
    ...files.flatMap((one) => (one.kind === 'put-files' ? one.files.map(({ path }) => path) : [])),
  ]);
  const containers = node.containers.flatMap((container) => {
    const found = observed.containers.get(container.name);
    const isReader = filesReadBy(container, node.files).some(({ path }) => isRead.has(path));
    return found === undefined || !isReader ? [] : planRunning(container, node, { found, observed, rollout });
  });
  const image = node.images[0] ?? '';
  return {
    pulls: files.length === 0 || observed.images.has(image) ? [] : [pullImage(image, node.node.address)],
    files,
    containers,
    broken: brokenContainers(node, containers, { observed, rollout }),
    leftovers: [],
    unchanged: {
      containers: node.containers.length - containers.length,
      files: files.length === 0 ? node.files.length : 0,
    },
  };
}

/** Agents of Rancher, which RKE restarts with the add-ons (cmd/cert.go). */
const rancherAgents: PodLabels = { app: ['kube-api-auth', 'cattle-cluster-agent'] };

function restartPods(all: readonly Operation[]): Operation {
  return {
    id: 'restart-pods',
    stage: 'add-ons',
    title: 'restart pods of the network, DNS, metrics and ingress',
    after: all.map(({ id }) => id),
    kind: 'restart-pods',
    selectors: podSelectors([
      ...allAddonsInCluster.flatMap(({ restartedPods }) =>
        restartedPods === undefined ? [] : [restartedPods],
      ),
      rancherAgents,
    ]),
    timeoutSeconds: 60,
  };
}
