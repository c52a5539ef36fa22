import { didYouMean } from '../../core/nearest.js';
import { etcdError } from '../../core/errors.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import { fanOut } from '../../execute/fan-out.js';
import { lookForSnapshot } from '../../execute/look-for-snapshot.js';
import { unpackFiles } from '../../host/tar.js';
import { defaultSnapshotSeconds, snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import { pullIfMissing } from '../../reconcile/intents/host-operations.js';
import { chooseFirst, type FirstMember } from '../../reconcile/restore/choose-first.js';
import { buildLookContainer } from '../../reconcile/restore/restore-containers.js';
import { isUsable, type SnapshotLook } from '../../reconcile/restore/snapshot-look.js';
import { readingConcurrencyOf } from '../../run/cluster-options.js';
import type { ObservedRun } from '../../run/with-cluster.js';
import { readEtcdSnapshots } from './read-etcd-snapshots.js';
import { refuseOtherRestore } from './restore-checks.js';
import { runSteps } from './run-steps.js';

/**
 * Finds a snapshot on the etcd hosts and checks every archive of it. Nothing is stopped: only images are pulled, and a container reads.
 *
 * @throws RunFailedError SNAPSHOT_NOT_FOUND, SNAPSHOT_INVALID, SNAPSHOT_UNREADABLE or RESTORE_UNFINISHED (exit 8)
 */
export async function findSnapshot(cluster: ObservedRun, name: string): Promise<FirstMember> {
  const etcdHosts = cluster.plan.nodes.filter(
    ({ node, snapshot }) => snapshot !== undefined && cluster.observed.hosts.has(node.address),
  );
  const names = await listNames(cluster, name);
  const pulls = etcdHosts.flatMap(({ node: { address }, snapshot }) =>
    pullIfMissing(snapshot?.container.image ?? '', address, cluster.observed),
  );
  if (pulls.length > 0) await runSteps(cluster, pulls);
  const { signal, events } = cluster.options;
  const { restore } = cluster.session.state ?? {};
  const results = await fanOut(
    etcdHosts,
    { limit: readingConcurrencyOf(cluster.options), signal },
    async (node): Promise<[string, SnapshotLook]> => {
      const host = cluster.hosts.get(node.node.address);
      if (host === undefined) throw new Error(`${node.node.address} is not connected`);
      const timeoutSeconds = node.snapshot?.timeoutSeconds ?? defaultSnapshotSeconds;
      const container = buildLookContainer(node, name, { isContinued: restore !== undefined });
      const look = await lookForSnapshot(host, container, { signal, unpackFiles, timeoutSeconds });
      return [node.node.address, look];
    },
  );
  signal.throwIfAborted();
  const looks = new Map(
    results.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    }),
  );
  refuseOtherRestore(cluster, looks);
  const first = chooseFirst(looks, restore?.accepted === true ? restore.id : undefined);
  if (first === undefined) throw noneUsable(looks, name, names);
  for (const [host, { found }] of looks)
    if (found !== undefined && !isUsable(found))
      events.emit({
        type: 'warning',
        host,
        message: `the archive of snapshot ${name} is not used: ${found.why}`,
      });
  return first;
}

const title = 'find the snapshot';

/**
 * Lists the snapshots of the etcd hosts, newest first.
 *
 * @throws RunFailedError SNAPSHOT_NOT_FOUND (exit 8) if every host can be listed, and none has the snapshot
 */
async function listNames(cluster: ObservedRun, name: string): Promise<Names> {
  const listed = await readEtcdSnapshots(cluster);
  const files = [...listed.values()].flatMap((found) => ('files' in found ? found.files : []));
  const names = {
    known: [...new Set(files.map((file) => file.name))],
    isComplete: ![...listed.values()].some((found) => 'why' in found),
  };
  if (!names.isComplete || names.known.includes(name)) return names;
  throw new RunFailedError([{ title, error: notFound(name, names) }]);
}

/** Names of snapshots on the etcd hosts, newest first. */
interface Names {
  readonly known: readonly string[];
  /** False if a host could not be listed. */
  readonly isComplete: boolean;
}

const mostNames = 5;

function notFound(name: string, { known, isComplete }: Names): ReturnType<typeof etcdError> {
  const newest = known.slice(0, mostNames).join(', ');
  const none = isComplete
    ? 'no etcd host has any snapshot: use'
    : `list them as root with \`ls ${snapshotDirectory}\` on the etcd hosts, or use`;
  return etcdError('SNAPSHOT_NOT_FOUND', `no etcd host has a snapshot ${name}${didYouMean(name, known)}`, {
    fix:
      known.length === 0
        ? `${none} \`--file FILE\` for an archive on this machine`
        : `use one of: ${newest}${known.length > mostNames ? ', …' : ''}; or \`--file FILE\` for an archive on this machine`,
  });
}

function noneUsable(looks: ReadonlyMap<string, SnapshotLook>, name: string, names: Names): RunFailedError {
  const failures = [...looks].flatMap(([host, { found }]): Failure[] => {
    if (found === undefined || isUsable(found)) return [];
    const { isDamaged, why } = found;
    const error = isDamaged
      ? etcdError(
          'SNAPSHOT_INVALID',
          `the archive of snapshot ${name} is damaged: ${why}; nothing was changed`,
          {
            host,
            fix: 'restore another snapshot, or a good copy of this one with `--file FILE`',
          },
        )
      : etcdError('SNAPSHOT_UNREADABLE', `the archive of snapshot ${name} cannot be checked: ${why}`, {
          host,
          fix: (on) => `check the disk (\`df -h /var/lib/docker\` on ${on}), then run the same command again`,
        });
    return [{ title, host, error }];
  });
  return new RunFailedError(failures.length > 0 ? failures : [{ title, error: notFound(name, names) }]);
}
