import type { ContainerSpec, NodePlan } from '../../plan/cluster-plan-types.js';
import { conditionOf, type Condition } from '../diff/condition.js';
import { isRestartedTogether, type Rollout } from '../diff/file-readers.js';
import { containerId, healthyId, readyId, renewId } from '../operation-ids.js';
import { stageOf, type ContainerOperation } from '../intents/container-operations.js';
import type { HostOperations } from '../intents/host-operations.js';
import type { ObservedHost } from '../observed.js';
import type { AwaitNodeReady, ContainerCheck } from '../kinds/wait-kinds.js';
import type { Operation, OperationId } from '../operations.js';
import type { PlanesInput } from './guard-planes.js';
import type { ContainerWork, Member } from './planes.js';

export const etcdQuorum = 'healthy:etcd';
export const apiAnswers = 'healthy:kube-apiserver';

/** Seconds a component gets to become healthy; RKE gives 50 to 90 (services/healthcheck.go, etcd_util.go). */
const healthTimeoutSeconds = 120;
export const nodeTimeoutSeconds = 300;

export interface Reached {
  readonly node: NodePlan;
  readonly observed: ObservedHost;
  readonly work: HostOperations;
}

/** The wait for a node whose kubelet is touched, which then has to report anew, or which is not Ready. */
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

/** Each container's operation behind the gate it needs, followed by the wait for its health. */
export function orderContainers(
  node: NodePlan,
  work: HostOperations,
  files: readonly OperationId[],
): ContainerWork[] {
  const host = node.node.address;
  const api = work.containers.find(({ operation }) => operation.id === containerId('kube-apiserver', host));
  const gated = work.containers.map((one): ContainerWork => {
    const { container, operation, condition } = one;
    const joins = needsNewApi(one, api);
    const after = [
      ...gatesBefore(container.name, host),
      ...(joins || followsApi(one, api) ? [healthyId('kube-apiserver', host)] : []),
      ...(one.isTogether ? files : []),
    ];
    const run: Operation = { ...operation, after: [...operation.after, ...after] };
    // What goes before a replacement is followed by that one.
    const isFollowed = operation.id === renewId(container.name, host);
    const operations =
      container.started && !isFollowed ? [run, awaitHealthy(container, host, run, condition)] : [run];
    return { host, container: container.name, condition, operations, takesTurn: joins || interrupts(one) };
  });
  const awaited = work.broken.map(({ container, condition }): ContainerWork => {
    const wait = awaitHealthy(container, host, undefined, condition);
    const ownApi =
      clientsOfOwnApi.has(container.name) && (api === undefined || !interrupts(api))
        ? [healthyId('kube-apiserver', host)]
        : [];
    const after = [...gatesBefore(container.name, host), ...ownApi];
    return { host, container: container.name, condition, operations: [{ ...wait, after }], takesTurn: false };
  });
  return [...gated, ...awaited];
}

/** True if something is interrupted that works, or may work. */
function interrupts({ operation: { kind }, isTogether, condition }: ContainerOperation): boolean {
  const isDisruptive = kind === 'replace-container' || kind === 'restart-container';
  return isDisruptive && !isTogether && condition.state !== 'down';
}

/** What talks to the API server of its own host alone. */
const clientsOfOwnApi = new Set(['kube-controller-manager', 'kube-scheduler']);

/**
 * True for a repair that must wait for the new version of its host's API server, because it is not to be newer than that:
 * it goes with it when it is its turn.
 */
function needsNewApi(
  { container, operation: { kind } }: ContainerOperation,
  api: ContainerOperation | undefined,
): boolean {
  if (api === undefined || !clientsOfOwnApi.has(container.name)) return false;
  return kind !== 'restart-container' && interrupts(api) && changesImage(api.operation);
}

/** True if it comes after the API server of its host: without one it would crash until there is one. */
function followsApi(one: ContainerOperation, api: ContainerOperation | undefined): boolean {
  if (!clientsOfOwnApi.has(one.container.name)) return false;
  return api === undefined || interrupts(one) || !interrupts(api);
}

const changesImage = (operation: Operation): boolean =>
  operation.kind === 'replace-container' && operation.changes.some(({ field }) => field === 'image');

/** What must be there before a component can do its work; only what has to be done anyway is waited for. */
function gatesBefore(name: string, host: string): string[] {
  switch (name) {
    case 'etcd-rolling-snapshots':
      return [healthyId('etcd', host)];
    case 'kube-apiserver':
    case 'kube-controller-manager':
    case 'kube-scheduler':
      return [etcdQuorum];
    case 'kubelet':
    case 'kube-proxy':
      return [apiAnswers];
    default:
      // Nothing that a worker runs can do without an API server; nginx-proxy is its way there and needs no gate.
      return [];
  }
}

/** Seconds that a container without a URL, and one that was broken, must have been up before it counts as healthy. */
const steadySeconds = { withoutUrl: 5, broken: 15 };

/**
 * The wait for the health of a container that an operation touches, or that was found broken.
 *
 * @param condition as it was found; one that had failed must show that it stays up
 */
export function awaitHealthy(
  container: ContainerSpec,
  host: string,
  operation: Operation | undefined,
  condition: Condition = { state: 'well' },
): Operation {
  const isNew = operation?.kind === 'create-container' || operation?.kind === 'start-container';
  const check = checkOf(container, host, { wasBroken: !isNew && condition.state !== 'well' });
  return {
    id: healthyId(container.name, host),
    stage: operation?.stage ?? stageOf(container.name),
    title: `${container.name} healthy`,
    host,
    after: operation === undefined ? [] : [operation.id],
    kind: 'await-healthy',
    checks: [check],
    need: 1,
    timeoutSeconds: healthTimeoutSeconds + (check.steadySeconds ?? 0),
  };
}

/** What a container must pass to count as healthy. */
export function checkOf(
  { name, healthCheck }: ContainerSpec,
  host: string,
  { wasBroken }: { readonly wasBroken: boolean } = { wasBroken: false },
): ContainerCheck {
  const steady = Math.max(
    healthCheck?.steadySeconds ?? 0,
    healthCheck === undefined ? steadySeconds.withoutUrl : 0,
    wasBroken ? steadySeconds.broken : 0,
  );
  return {
    host,
    container: name,
    ...(healthCheck === undefined ? {} : { check: healthCheck }),
    ...(steady === 0 ? {} : { steadySeconds: steady }),
  };
}

/** Members that rely on each other, or that others rely on together, by plane. */
export function membersOf(reached: readonly Reached[], rollout: Rollout): PlanesInput['members'] {
  const of = (name: string): Member[] =>
    reached.flatMap(({ node, observed }) =>
      node.containers
        .filter((container) => container.name === name)
        .map((container) => ({
          check: checkOf(container, node.node.address),
          condition: conditionOf(container, observed, !isRestartedTogether(container, node.files, rollout)),
        })),
    );
  return { etcd: of('etcd'), controlplane: of('kube-apiserver') };
}

/** The two cluster-wide waits, each only where something that is to be done needs it. */
export function gates(reached: readonly Reached[], operations: readonly Operation[]): Operation[] {
  const needed = new Set(operations.flatMap(({ after }) => after));
  const etcd = checksOf(reached, 'etcd');
  const api = checksOf(reached, 'kube-apiserver');
  const majority = Math.floor(etcd.length / 2) + 1;
  const etcdGate = gate(etcdQuorum, 'etcd', 'a majority of etcd healthy', etcd, majority);
  const answers = gate(apiAnswers, 'controlplane', 'a kube-apiserver answers', api, 1);
  const apiGate: Operation = { ...answers, after: otherVersions(reached) };
  return [
    ...(needed.has(etcdQuorum) && etcd.length > 0 ? [etcdGate] : []),
    ...(needed.has(apiAnswers) && api.length > 0 ? [apiGate] : []),
  ];
}

/**
 * The API servers that get another version: nothing that talks to any of them may be newer, so that all must be done
 * before the first kubelet and kube-proxy.
 */
function otherVersions(reached: readonly Reached[]): OperationId[] {
  return reached.flatMap(({ node, work }) =>
    work.containers.flatMap(({ container, operation }) =>
      container.name === 'kube-apiserver' && changesImage(operation)
        ? [healthyId(container.name, node.node.address)]
        : [],
    ),
  );
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
    node.containers
      .filter((container) => container.name === name && container.healthCheck !== undefined)
      .map((container) => checkOf(container, node.node.address)),
  );
}
