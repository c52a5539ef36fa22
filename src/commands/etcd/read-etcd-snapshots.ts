import { readSnapshots, type HostSnapshots } from '../../execute/read-snapshots.js';
import { readingConcurrencyOf } from '../../run/cluster-options.js';
import type { ObservedRun } from '../../run/with-cluster.js';

/** Lists the snapshots on the etcd hosts that were reached, as they are now: this run may have added some. */
export function readEtcdSnapshots({
  hosts,
  plan,
  observed,
  options,
}: Pick<ObservedRun, 'hosts' | 'plan' | 'observed' | 'options'>): Promise<
  ReadonlyMap<string, HostSnapshots>
> {
  const etcd = new Set(
    plan.nodes.flatMap(({ node, snapshot }) => (snapshot === undefined ? [] : [node.address])),
  );
  return readSnapshots({
    hosts: new Map([...hosts].filter(([address]) => etcd.has(address) && observed.hosts.has(address))),
    concurrency: readingConcurrencyOf(options),
    signal: options.signal,
  });
}
