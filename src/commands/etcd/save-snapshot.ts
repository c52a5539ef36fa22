import type { S3Backup } from '../../config/cluster-spec.js';
import { etcdError, usageError } from '../../core/errors.js';
import type { SavedSnapshot } from '../../core/events.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import { checkBucket, hasProxy } from '../../execute/s3-bucket.js';
import { createS3 } from '../../s3/client.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import { planOf } from '../../reconcile/operations.js';
import { defaultSnapshotName, snapshotNameFault } from '../../reconcile/snapshots/snapshot-name.js';
import { snapshotOperations } from '../../reconcile/snapshots/snapshot-operations.js';
import type { Finished } from '../../run/apply.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { execute } from '../../run/execute.js';
import { limitRun } from '../../run/limit-run.js';
import { emitPlanMade, emitRunStarted } from '../../run/run-events.js';
import { openLockedSession, type LockedSession } from '../../run/session.js';
import { withCluster, type ObservedRun } from '../../run/with-cluster.js';
import { encodeState } from '../../state/codec.js';
import { etcdNeeds, throwAsEtcdFailure, toEtcdSpec } from './etcd-session.js';
import { readEtcdSnapshots } from './read-etcd-snapshots.js';

export interface SaveSnapshotOptions extends ClusterOptions {
  /** `rke_etcd_snapshot_` and the local time by default. */
  readonly name?: string | undefined;
  /** Replaces `s3backupconfig` of cluster.yml. */
  readonly s3?: S3Backup | undefined;
  /** Called for each host whose snapshot was saved and checked, also if others fail. */
  readonly onSaved?: (snapshot: SavedSnapshot) => void;
}

export interface SaveSnapshotResult extends Finished {
  readonly name: string;
}

/**
 * `rke etcd snapshot-save`: takes a snapshot on every etcd host at the same time, and checks it there (RKE cmd/etcd.go). Changes
 * nothing else: not the state, and not what differs from cluster.yml.
 *
 * @throws RunFailedError (exit 8, or that of the first failure if every host failed) if a snapshot is missing, not usable or not
 *   uploaded; RkeError USAGE (exit 2) for a name that cannot be used
 */
export function saveSnapshot(options: SaveSnapshotOptions): Promise<SaveSnapshotResult> {
  return limitRun(options, save);
}

const command = 'etcd snapshot-save';

async function save(options: SaveSnapshotOptions): Promise<SaveSnapshotResult> {
  const name = options.name ?? defaultSnapshotName(new Date());
  refuseName(name);
  await using opened = await openLockedSession(options, { forChange: false, command: `rke ${command}` });
  const session: LockedSession = { ...opened, spec: toEtcdSpec(opened.spec, options.s3) };
  const { state } = session;
  emitRunStarted(options, command, session.spec);
  if (state === undefined)
    options.events.emit({ type: 'warning', message: withoutState(session.paths.state) });
  const events = { emit: reportSaved(options) };
  const needs = etcdNeeds(session, command);
  return await withCluster(session, { ...options, events }, needs, async (cluster) => {
    await refuseTakenName(cluster, { name, isChosen: options.name !== undefined });
    const text = state === undefined ? undefined : encodeState(state);
    const operations = snapshotOperations(cluster.plan, cluster.observed, { name, state: text });
    const plan = planOf(operations);
    emitPlanMade(events, plan);
    await execute(cluster, plan).catch(throwAsEtcdFailure);
    return { name, snapshot: name, done: operations.length, unchanged: plan.unchanged };
  });
}

/** @throws RkeError USAGE */
function refuseName(name: string): void {
  const fault = snapshotNameFault(name);
  if (fault === undefined) return;
  throw usageError(`invalid snapshot name "${name}": ${fault}`, {
    fix: 'set a name such as before-upgrade-1 with --name, or leave it out for one with the time',
  });
}

/** Passes snapshots on that were saved, besides the events. */
function reportSaved({ events, onSaved }: SaveSnapshotOptions): ClusterOptions['events']['emit'] {
  return (event) => {
    if (event.type === 'snapshot-saved') {
      const snapshot: SavedSnapshot & { type?: string } = { ...event };
      delete snapshot.type;
      onSaved?.(snapshot);
    }
    events.emit(event);
  };
}

const title = 'check the name of the snapshot';
const otherName = 'choose another name with --name, or leave it out for one with the time';

/**
 * A name is used once: rke-tools would overwrite the archive.
 *
 * @throws RunFailedError SNAPSHOT_EXISTS (exit 8) for each host that has the name
 */
async function refuseTakenName(
  cluster: ObservedRun,
  { name, isChosen }: { readonly name: string; readonly isChosen: boolean },
): Promise<void> {
  const found = await readEtcdSnapshots(cluster);
  const failures = [...found].flatMap(([host, snapshots]): Failure[] => {
    if ('why' in snapshots) {
      // A name with the time is a new one.
      if (!isChosen) return [];
      const message = `cannot check that no snapshot has the name ${name}: ${snapshots.why}`;
      const fix = `let the user read the directory (\`sudo chmod 755 ${snapshotDirectory}\` on the host), or leave out --name`;
      return [{ title, host, error: etcdError('SNAPSHOT_FAILED', message, { host, fix }) }];
    }
    if (!snapshots.files.some((file) => file.name === name)) return [];
    const message = `a snapshot with the name ${name} exists already`;
    return [{ title, host, error: etcdError('SNAPSHOT_EXISTS', message, { host, fix: otherName }) }];
  });
  const [first = ''] = found.keys();
  if (isChosen) failures.push(...(await findTakenObject(cluster, first, name)));
  if (failures.length > 0) throw new RunFailedError(failures);
}

/** The name in the bucket: rke-tools would upload nothing, and report success. A bucket that cannot be read is reported later. */
async function findTakenObject(
  { hosts, session, options: { signal } }: ObservedRun,
  from: string,
  name: string,
): Promise<Failure[]> {
  const { backupConfig, extraEnv = [] } = session.spec.services.etcd;
  const s3 = backupConfig?.s3BackupConfig ?? undefined;
  const host = hosts.get(from);
  if (s3 === undefined || host === undefined || hasProxy(extraEnv)) return [];
  const check = await checkBucket(host, s3, { name, s3: createS3(), signal });
  if (check.status !== 'ready' || check.bytes === undefined) return [];
  const message = `bucket ${s3.bucketName ?? ''} has a snapshot with the name ${name} already`;
  return [{ title, error: etcdError('SNAPSHOT_EXISTS', message, { fix: otherName }) }];
}

const withoutState = (file: string): string =>
  `${file} does not exist, so the snapshot has no state in it: rebuild it with \`rke state recover\`, and keep a copy beside the snapshot`;
