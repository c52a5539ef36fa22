import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { ObservedCluster, ObservedHost } from '../observed.js';
import type { CheckFacts } from './facts.js';

export interface WipedInput {
  /** The cluster as the last finished run left it. */
  readonly running: Pick<ClusterSpec, 'nodes'>;
  readonly observed: Pick<ObservedCluster, 'hosts'>;
  readonly facts: ReadonlyMap<string, CheckFacts>;
}

/** Members of etcd that a run would start without their data, by address. */
export interface WipedMembers {
  readonly empty: readonly string[];
  /** Without a container, and the data directory cannot be read. */
  readonly unknown: readonly string[];
  /** The reached members with data are a majority of all, so etcd works without the others. */
  readonly hasMajority: boolean;
  /** Members that were not reached, and would be a majority together with those that have data. */
  readonly neededToo: readonly string[];
}

const components = ['etcd', 'kube-apiserver', 'kubelet'];

/**
 * Members of a running cluster that have lost their data, as after a reinstallation. A member is created with
 * `initial-cluster-state=new`: an empty one crashes, and a majority of empty ones forms a second, empty cluster. If all hosts
 * were wiped, the cluster is created again, and no member counts as wiped.
 */
export function wipedMembers({ running: { nodes }, observed: { hosts }, facts }: WipedInput): WipedMembers {
  const all = nodes.filter(({ role }) => role.includes('etcd'));
  const members = all.flatMap(({ address }) => {
    const host = hosts.get(address);
    if (host === undefined) return [];
    return [{ address, data: dataOf(host, facts.get(address)?.etcdData) }];
  });
  const of = (data: 'has' | 'empty' | 'unknown'): string[] =>
    members.filter((member) => member.data === data).map(({ address }) => address);
  const [has, empty, unknown] = [of('has'), of('empty'), of('unknown')];
  const hasMajority = has.length > all.length / 2;
  const unreached = all.map(({ address }) => address).filter((address) => !hosts.has(address));
  const mayHaveMajority = !hasMajority && has.length + unreached.length > all.length / 2;
  // A host that was not reached may still run a part of the cluster.
  const isGone =
    has.length + unknown.length === 0 && nodes.every(({ address }) => isBare(hosts.get(address)));
  return isGone
    ? { empty: [], unknown: [], hasMajority: false, neededToo: [] }
    : { empty, unknown, hasMajority, neededToo: mayHaveMajority ? unreached : [] };
}

function dataOf(
  { containers, leftovers }: ObservedHost,
  data: CheckFacts['etcdData'],
): 'has' | 'empty' | 'unknown' {
  const found = containers.get('etcd');
  if (found?.running === true || found?.restarting === true) return 'has';
  if (data === 'none') return 'empty';
  // An interrupted replacement leaves the previous generation.
  const isThere = found !== undefined || leftovers.includes('old-etcd');
  return isThere || data !== undefined ? 'has' : 'unknown';
}

const isBare = (host: ObservedHost | undefined): boolean =>
  host !== undefined && !components.some((name) => host.containers.has(name));
