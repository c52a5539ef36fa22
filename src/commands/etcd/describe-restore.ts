import { formatBytes } from '../../core/format-bytes.js';
import type { FirstMember } from '../../reconcile/restore/choose-first.js';
import type { ObservedRun } from '../../run/with-cluster.js';

/** What a restore does and what is lost, for people. */
export function describeRestore(
  { plan, observed, session }: ObservedRun,
  name: string,
  { host, found }: FirstMember,
): { readonly destructive: readonly string[]; readonly summary: readonly string[] } {
  const { revision, keys, databaseBytes, modifiedAt } = found;
  const taken = new Date(modifiedAt * 1000).toISOString().slice(0, 19);
  const members = (plan.members ?? []).map((member) => member.host);
  const others = members.filter((address) => address !== host);
  const known = new Set(session.spec.nodes.map(({ address }) => address));
  const left = (session.state?.currentState.rkeConfig?.nodes ?? []).filter(
    ({ address }) => !known.has(address),
  );
  const what = `snapshot ${name} (archive of ${taken}Z, revision ${revision}, ${keys} keys, ${formatBytes(databaseBytes)})`;
  return {
    destructive: [
      `etcd is set back to ${what}: everything that the cluster has stored since is lost`,
      `Kubernetes is stopped on ${[...observed.hosts.keys()].join(', ')}, with all pods, until etcd is restored`,
      ...(left.length === 0
        ? []
        : [
            `${left.map(({ address }) => address).join(', ')} left cluster.yml: switch these hosts off or clean them, because they still run the old cluster`,
          ]),
    ],
    summary: [
      `restore ${what}`,
      `etcd data of ${host}: replaced by the snapshot, the old data is kept in before-restore`,
      ...(others.length === 0
        ? []
        : [`etcd of ${others.join(', ')}: old data moved aside, joins as a new member`]),
      'then, as `rke up`: control plane, workers and add-ons; nodes that are not in cluster.yml are deleted',
    ],
  };
}

export const confirmFix = (name: string): string =>
  `check what is lost, then run \`rke etcd snapshot-restore --name ${name} --yes\``;
