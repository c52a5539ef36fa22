import type { ContainerSpec, NodePlan } from '../plan/cluster-plan-types.js';
import type { Rollout } from './file-readers.js';
import { containerId, healthyId, type HostOperations } from './host-operations.js';
import type { AwaitNodeReady, ContainerCheck, Operation } from './operations.js';
import { allHostsTogether, oneHostAtATime } from './rolling.js';

export const etcdQuorum = 'healthy:etcd';
export const apiAnswers = 'healthy:kube-apiserver';

/** Seconds a component gets to become healthy; RKE gives 50 to 90 (services/healthcheck.go, etcd_util.go). */
const healthTimeoutSeconds = 120;
export const nodeTimeoutSeconds = 300;

export interface Reached {
  readonly node: NodePlan;
  readonly work: HostOperations;
}

/** Lays the order of the whole cluster over the container operations of all hosts. */
export function inOrder(
  containers: readonly Operation[],
  { files, rollout }: { readonly files: readonly Operation[]; readonly rollout: Rollout },
): Operation[] {
  return rollout.together ? allHostsTogether(containers, files) : oneHostAtATime(containers);
}

/** The wait for a node whose kubelet is touched, which then has to report anew, or which is not Ready. */
export function awaitReady(
  { node, identity }: NodePlan,
  touched: Pick<AwaitNodeReady, 'newKubelet'> = {},
): Operation {
  const { address: host, hostnameOverride: name } = node;
  return {
    id: `ready@${host}`,
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

/** Each container's operation behind the gate it needs, followed by the wait for its health. */
export function orderContainers(node: NodePlan, work: HostOperations): Operation[] {
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

/** The wait for the health of a container that an operation touches. */
export function awaitHealthy(container: ContainerSpec, host: string, operation: Operation): Operation {
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
export function gates(reached: readonly Reached[], operations: readonly Operation[]): Operation[] {
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
