import type { NodePlan } from '../../plan/cluster-plan-types.js';
import type { ContainerOperation } from '../intents/container-operations.js';
import { awaitHealthy } from '../intents/health-waits.js';
import type { HostOperations } from '../intents/host-operations.js';
import { apiAnswers, containerId, etcdQuorum, healthyId, renewId } from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';
import type { ContainerWork } from './planes.js';

/**
 * Each container's operation behind the gate that it needs, followed by the wait for its health.
 *
 * @param filesWritten what a restart on all hosts at once waits for
 */
export function orderContainers(
  node: NodePlan,
  work: HostOperations,
  filesWritten: OperationId,
): ContainerWork[] {
  const host = node.node.address;
  const find = (name: string): ContainerOperation | undefined =>
    work.containers.find(({ operation }) => operation.id === containerId(name, host));
  const api = find('kube-apiserver');
  const proxy = find('nginx-proxy');
  const gated = work.containers.map((one): ContainerWork => {
    const { container, operation, condition } = one;
    const joins = needsNewApi(one, api);
    const after = [
      ...gatesBefore(container.name, host),
      ...(joins || followsApi(one, api) ? [healthyId('kube-apiserver', host)] : []),
      ...(one.isTogether ? [filesWritten] : []),
      ...(followsProxy(one, proxy) ? [containerId('nginx-proxy', host)] : []),
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

/** True if the operation interrupts a container that works, or may work. */
function interrupts({ operation: { kind }, isTogether, condition }: ContainerOperation): boolean {
  const isDisruptive = kind === 'replace-container' || kind === 'restart-container';
  return isDisruptive && !isTogether && condition.state !== 'down';
}

/** Components that use only the API server of their own host. */
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

/** Clients of nginx-proxy. */
const clientsOfProxy = new Set(['kubelet', 'kube-proxy']);

/**
 * True if it is interrupted after the nginx-proxy of its host: Docker has nothing else to do while the host has no way to the API,
 * which is shorter then.
 */
function followsProxy(one: ContainerOperation, proxy: ContainerOperation | undefined): boolean {
  return (
    clientsOfProxy.has(one.container.name) && proxy !== undefined && interrupts(proxy) && interrupts(one)
  );
}

export const changesImage = (operation: Operation): boolean =>
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
