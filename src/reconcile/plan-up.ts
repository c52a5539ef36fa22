import { addonOperations, isAddonApplied } from './addon-operations.js';
import type { ClusterPlan, ContainerSpec, NodePlan } from '../plan/cluster-plan-types.js';
import { withoutSatisfied } from './graph.js';
import { containerId, healthyId, planHost, type HostOperations } from './host-operations.js';
import { diffNode, isNodeReady } from './node-operations.js';
import type { ObservedCluster } from './observed.js';
import type { ContainerCheck, Operation, OperationPlan } from './operations.js';
import { oneHostAtATime } from './rolling.js';

const etcdQuorum = 'healthy:etcd';
const apiAnswers = 'healthy:kube-apiserver';

/** Seconds a component gets to become healthy; RKE gives 50 to 90 (services/healthcheck.go, etcd_util.go). */
const healthTimeoutSeconds = 120;
const nodeTimeoutSeconds = 300;

/**
 * `rke up`: what must be done so that the cluster is as planned, given what was observed. Pure; no change gives no
 * operations. Hosts that were not reached get none (the command decides whether to go on without them).
 *
 * Order: files and images first; etcd of all hosts together; the control planes when a majority of etcd is healthy;
 * kubelet, kube-proxy, add-ons and node objects as soon as one kube-apiserver answers.
 */
export function planUp(
  plan: ClusterPlan,
  observed: ObservedCluster,
  addonTimeoutSeconds: number,
): OperationPlan {
  const reached = plan.nodes.flatMap((node) => {
    const host = observed.hosts.get(node.node.address);
    return host === undefined ? [] : [{ node, work: planHost(node, host) }];
  });
  const containers = reached.flatMap(({ node, work }) => orderContainers(node, work));
  const operations = [
    ...reached.flatMap(({ work }) => work.pulls),
    ...reached.flatMap(({ work }) => work.files),
    ...oneHostAtATime(containers),
    ...reached.flatMap(({ work }) => work.leftovers),
    ...reached.flatMap(({ node, work }) => nodeOperations(node, work, observed)),
    ...addonOperations(plan, observed, { after: apiAnswers, timeoutSeconds: addonTimeoutSeconds }),
  ];
  return {
    operations: withoutSatisfied([...gates(reached, operations), ...operations]),
    unchanged: {
      containers: sum(reached.map(({ work }) => work.unchanged.containers)),
      files: sum(reached.map(({ work }) => work.unchanged.files)),
      addons: plan.addons.filter((addon) => isAddonApplied(addon, observed)).length,
    },
  };
}

type Reached = { readonly node: NodePlan; readonly work: HostOperations };

/** Each container's operation behind the gate it needs, followed by the wait for its health. */
function orderContainers(node: NodePlan, work: HostOperations): Operation[] {
  const host = node.node.address;
  return work.containers.flatMap(({ container, operation }) => {
    const gated: Operation = {
      ...operation,
      after: [...operation.after, ...gatesBefore(container, operation)],
    };
    return container.healthCheck === undefined ? [gated] : [gated, awaitHealthy(container, host, gated)];
  });
}

function gatesBefore(container: ContainerSpec, operation: Operation): string[] {
  if (operation.stage === 'controlplane') return [etcdQuorum];
  // Nothing that a worker runs can do without an API server; nginx-proxy is its way there and needs no gate.
  return container.name === 'kubelet' || container.name === 'kube-proxy' ? [apiAnswers] : [];
}

function awaitHealthy(container: ContainerSpec, host: string, operation: Operation): Operation {
  const check = container.healthCheck;
  return {
    id: healthyId(container.name, host),
    stage: operation.stage,
    title: `${container.name} healthy`,
    host,
    after: [operation.id],
    kind: 'await-healthy',
    checks: check === undefined ? [] : [{ host, container: container.name, check }],
    need: 1,
    timeoutSeconds: healthTimeoutSeconds,
  };
}

/** The two cluster-wide waits, each only where something that is to be done needs it. */
function gates(reached: readonly Reached[], operations: readonly Operation[]): Operation[] {
  const needed = new Set(operations.flatMap(({ after }) => after));
  const etcd = checksOf(reached, 'etcd');
  const api = checksOf(reached, 'kube-apiserver');
  const majority = Math.floor(etcd.length / 2) + 1;
  const etcdGate = gate(etcdQuorum, 'etcd', 'a majority of etcd healthy', etcd, majority);
  const apiGate = gate(apiAnswers, 'controlplane', 'a kube-apiserver answers', api, 1);
  return [
    ...(needed.has(etcdQuorum) && etcd.length > 0 ? [etcdGate] : []),
    ...(needed.has(apiAnswers) && api.length > 0 ? [apiGate] : []),
  ];
}

function gate(
  id: string,
  stage: 'etcd' | 'controlplane',
  title: string,
  checks: ContainerCheck[],
  need: number,
): Operation {
  const of = checks.map(({ host, container }) => containerId(container, host));
  return {
    id,
    stage,
    title,
    after: [],
    afterSome: { of, need },
    kind: 'await-healthy',
    checks,
    need,
    timeoutSeconds: healthTimeoutSeconds,
  };
}

function checksOf(reached: readonly Reached[], name: string): ContainerCheck[] {
  return reached.flatMap(({ node }) =>
    node.containers.flatMap((container) =>
      container.name === name && container.healthCheck !== undefined
        ? [{ host: node.node.address, container: name, check: container.healthCheck }]
        : [],
    ),
  );
}

function nodeOperations(node: NodePlan, work: HostOperations, observed: ObservedCluster): Operation[] {
  const { address: host, hostnameOverride: name } = node.node;
  const found = observed.kube?.nodes.get(name);
  const changes = diffNode(node, found);
  const kubelet = containerId('kubelet', host);
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
            after: [apiAnswers, kubelet],
            kind: 'sync-node',
            node: name,
            timeoutSeconds: nodeTimeoutSeconds,
            ...changes,
          },
        ];
  const ready: Operation[] =
    !touched && isNodeReady(found)
      ? []
      : [
          {
            id: `ready@${host}`,
            stage: 'nodes',
            title: `node ${name} Ready`,
            host,
            after: [apiAnswers, kubelet, healthyId('kubelet', host)],
            kind: 'await-node-ready',
            node: name,
            timeoutSeconds: nodeTimeoutSeconds,
          },
        ];
  return [...sync, ...ready];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
