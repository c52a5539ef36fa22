import type { ClusterPlan, ContainerSpec } from '../../plan/cluster-plan-types.js';
import { noRollout } from '../diff/file-readers.js';
import { planContainer } from '../intents/container-operations.js';
import { awaitHealthy } from '../intents/health-waits.js';
import type { ObservedCluster } from '../observed.js';
import type { Operation, OperationId } from '../operations.js';

const flag = '--etcd-servers=';

interface Limit {
  /** Client URLs of the members that kube-apiserver may use. */
  readonly clientUrls: ReadonlySet<string>;
  readonly after: readonly OperationId[];
}

/**
 * Gives kube-apiserver the members that etcd has now, one host after the other: members of an old cluster that come back would
 * otherwise be used as well. One that also differs in other arguments is left to `rke up`, because a recovery applies no change of
 * cluster.yml.
 */
export function limitApiServers(
  { nodes }: Pick<ClusterPlan, 'nodes'>,
  { hosts }: Pick<ObservedCluster, 'hosts'>,
  { clientUrls, after }: Limit,
): Operation[] {
  let before = after;
  return nodes.flatMap((node) => {
    const host = node.node.address;
    const observed = hosts.get(host);
    const planned = node.containers.find(({ name }) => name === 'kube-apiserver');
    if (observed?.containers.has('kube-apiserver') !== true || planned === undefined) return [];
    const wanted = withServers(planned, clientUrls);
    const [work] = planContainer(wanted, node, { observed, rollout: noRollout });
    if (work?.operation.kind !== 'replace-container') return [];
    const values = work.operation.changes.flatMap(({ removed, added }) => [...removed, ...added]);
    if (!values.every((value) => value.startsWith(flag))) return [];
    const run: Operation = { ...work.operation, after: before };
    const wait = awaitHealthy(wanted, host, run);
    before = [wait.id];
    return [run, wait];
  });
}

function withServers(container: ContainerSpec, clientUrls: ReadonlySet<string>): ContainerSpec {
  const limit = (argument: string): string => {
    if (!argument.startsWith(flag)) return argument;
    const servers = argument.slice(flag.length).split(',');
    return `${flag}${servers.filter((url) => clientUrls.has(url)).join(',')}`;
  };
  return { ...container, entrypoint: container.entrypoint.map(limit), cmd: container.cmd.map(limit) };
}
