import type { ReachedHost } from '../intents/host-operations.js';
import { checkOf, healthTimeoutSeconds } from '../intents/health-waits.js';
import type { ContainerCheck } from '../kinds/wait-kinds.js';
import { apiAnswers, containerId, etcdQuorum, healthyId } from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';
import { noneAbsent, type AbsentMembers } from './absent-nodes.js';
import { changesImage } from './order-containers.js';

/**
 * The two cluster-wide waits, each only if something that is to be done needs it.
 *
 * @param absent members that were not reached: the majority is that of all
 */
export function planGates(
  reached: readonly ReachedHost[],
  operations: readonly Operation[],
  absent: AbsentMembers = noneAbsent,
): Operation[] {
  const needed = new Set(operations.flatMap(({ after }) => after));
  const etcd = checksOf(reached, 'etcd');
  const api = checksOf(reached, 'kube-apiserver');
  const majority = Math.floor((etcd.length + absent.etcd.length) / 2) + 1;
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
function otherVersions(reached: readonly ReachedHost[]): OperationId[] {
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
    afterSome: { of, need: Math.min(need, of.length) },
    kind: 'await-healthy',
    checks,
    need,
    timeoutSeconds: healthTimeoutSeconds,
  };
}

function checksOf(reached: readonly ReachedHost[], name: string): ContainerCheck[] {
  return reached.flatMap(({ node }) =>
    node.containers
      .filter((container) => container.name === name && container.healthCheck !== undefined)
      .map((container) => checkOf(container, node.node.address)),
  );
}
