import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import type { ObservedCluster } from '../observed.js';
import type { Operation } from '../operations.js';

/**
 * Adds to the replacement of a component that elects a leader that its Lease is released, as the process itself would do with
 * ReleaseOnCancel (client-go leaderelection.go). Only if the host name, which identifies the process in the Lease, is that of one
 * host: a leader that runs keeps its Lease.
 */
export function releaseLeases(
  operations: readonly Operation[],
  plan: ClusterPlan,
  { hosts }: Pick<ObservedCluster, 'hosts'>,
): Operation[] {
  const areKnown = plan.nodes.every(
    ({ node: { address, role } }) => !role.includes('controlplane') || hosts.has(address),
  );
  const hostnames = [...hosts.values()].map(({ facts }) => facts.hostname);
  return operations.map((operation) => {
    if (operation.kind !== 'replace-container') return operation;
    const { election } = operation.container.healthCheck ?? {};
    const hostname = hosts.get(operation.host ?? '')?.facts.hostname ?? '';
    const isUnique = hostname !== '' && hostnames.filter((name) => name === hostname).length === 1;
    return election !== undefined && areKnown && isUnique
      ? { ...operation, release: { lease: election.lease, hostname } }
      : operation;
  });
}
