import { nodelocal } from '../../plan/addons/nodelocal/nodelocal.js';
import { availableId } from '../operation-ids.js';
import type { Operation } from '../operations.js';
import { startAfter, type ContainerWork } from './planes.js';

const cacheAvailable = availableId(nodelocal.deployedAs);

/**
 * Holds back kubelets that work and get another DNS server for their pods: NodeLocal DNSCache, if it is applied or awaited in
 * this run, runs on all nodes first. New kubelets, and those that do not work, are what it needs to run.
 */
export function holdForDnsCache(work: readonly ContainerWork[]): ContainerWork[] {
  return work.map((one) =>
    changesDns(one) ? { ...one, operations: startAfter(one.operations, [cacheAvailable]) } : one,
  );
}

function changesDns({ condition, operations }: ContainerWork): boolean {
  return condition.state === 'well' && operations.some(givesOtherDns);
}

function givesOtherDns(operation: Operation): boolean {
  return (
    operation.kind === 'replace-container' &&
    operation.container.name === 'kubelet' &&
    operation.changes.some(({ added }) => added.some((flag) => flag.startsWith('--cluster-dns=')))
  );
}

/** The same operations, in which the wait for the cache does not wait for a node whose kubelet waits for it. */
export function releaseDnsCache(
  operations: readonly Operation[],
  work: readonly ContainerWork[],
): readonly Operation[] {
  if (!work.some(changesDns)) return operations;
  return operations.map(({ afterSome, ...operation }): Operation => {
    const isFree = afterSome === undefined || operation.id === cacheAvailable;
    return isFree ? operation : { ...operation, afterSome };
  });
}
