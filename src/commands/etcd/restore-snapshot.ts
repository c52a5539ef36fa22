import type { ClusterSpec } from '../../config/cluster-spec.js';
import { ConfigError } from '../../core/config-error.js';
import { etcdError, usageError } from '../../core/errors.js';
import { RunFailedError } from '../../core/hosts-error.js';
import { summarizePlan } from '../../report/plan/summarize-plan.js';
import { formatBytes } from '../../core/format-bytes.js';
import type { FirstMember } from '../../reconcile/restore/choose-first.js';
import { addRestoreSteps, type RestoreInput } from '../../reconcile/restore/plan-restore.js';
import { apply, type RunResult } from '../../run/apply.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { limitRun } from '../../run/limit-run.js';
import { planCluster } from '../../run/plan-cluster.js';
import { checkCluster } from '../../run/read-cluster.js';
import { emitRunStarted } from '../../run/run-events.js';
import { saveKubeconfig } from '../../run/save-kubeconfig.js';
import { openLockedSession, type LockedSession } from '../../run/session.js';
import { withCluster, type ClusterNeeds, type ObservedRun } from '../../run/with-cluster.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { clusterPaths } from '../../state/paths.js';
import { encryptionPair, withDesired } from '../../state/next-state.js';
import { requireConfirmation, type Confirm, type Destruction } from '../up/confirm.js';
import { decideRun } from '../up/decide-run.js';
import { issueCertificates } from '../up/issue-certificates.js';
import { prepareUp } from '../up/prepare.js';
import { findSnapshot } from './find-snapshot.js';
import { replaceData } from './replace-data.js';
import { chooseState, readStateInside, refuseNewer, refuseOtherCluster } from './restored-state.js';
import { provideSnapshot, type SnapshotSource } from './snapshot-source.js';

export interface RestoreSnapshotOptions extends ClusterOptions {
  /** Name of the snapshot, without extension. */
  readonly name: string;
  /** Where the snapshot comes from; by default the directory of snapshots of any etcd host. */
  readonly source?: SnapshotSource | undefined;
  /** Uses the state of this machine instead of that in the archive. */
  readonly useLocalState?: boolean | undefined;
  /** Directory with custom certificates, which then replace all others. */
  readonly certDir?: string | undefined;
  /** Called when everything was checked and nothing was stopped; without it, the restore is refused. */
  readonly confirm?: Confirm<Destruction> | undefined;
}

const command = 'etcd snapshot-restore';

/**
 * `rke etcd snapshot-restore`: restores etcd from a snapshot on the hosts of cluster.yml, which need not be those of the snapshot (RKE
 * cmd/etcd.go:141-256). One member gets the data; the others join it, and the rest of the cluster follows as in `rke up`. A restore that
 * was interrupted is continued by the same command.
 *
 * @throws RkeError USAGE or NOT_CONFIRMED (exit 2), ConfigError (exit 3); RunFailedError for what went wrong: 8 for the snapshot and etcd.
 *   Until the new data is ready, the cluster is not touched; until etcd is healthy with it, the old data comes back.
 */
export function restoreSnapshot(options: RestoreSnapshotOptions): Promise<RunResult> {
  return limitRun(options, restore);
}

async function restore(options: RestoreSnapshotOptions): Promise<RunResult> {
  const { events } = options;
  const name = checkName(options.name, events);
  await using session = await openLockedSession(options, {
    forChange: false,
    duringRestore: true,
    command: `rke ${command}`,
  });
  emitRunStarted(options, command, session.spec);
  requireEtcdHosts(session.spec);
  const local = session.state;
  const needs: ClusterNeeds = {
    command: `rke ${command}`,
    purpose: 'change',
    certificates: local?.desiredState.certificatesBundle ?? {},
    plan: (facts, certificates) => planCluster(session, facts, { certificates, encryptionConfig: '' }),
  };
  const { state, input } = await withCluster(session, options, needs, async (cluster) => {
    await provideSnapshot(cluster, name, options.source);
    const first = await findSnapshot(cluster, name);
    const restored = await decideState(cluster, options, name, first);
    const snapshot = { name, id: first.found.id };
    const found: RestoreInput = {
      ...cluster,
      snapshot,
      first: first.host,
      timeoutSeconds:
        cluster.plan.nodes.find(({ node }) => node.address === first.host)?.snapshot?.timeoutSeconds ?? 300,
    };
    if (!first.isAccepted) {
      requireSpace(cluster, first);
      const told = describeRestore(cluster, name, first);
      await requireConfirmation(
        { destructive: told.destructive },
        options.confirm,
        cluster.options,
        confirmFix(name),
      );
      await replaceData(cluster, {
        input: found,
        state: restored,
        before: stateBefore(local),
        summary: told.summary,
      });
    }
    // It may point to a control plane that cluster.yml no longer has, and that only the archive still names.
    await saveKubeconfig(clusterPaths(options.configPath).kubeconfig, {
      spec: session.spec,
      bundle: restored.desiredState.certificatesBundle ?? {},
      state: readStateInside(name, first) ?? stateBefore(local),
      events: options.events,
    });
    // The restored data has the lease of another time.
    cluster.forgetLock();
    return { state: restored, input: found };
  });
  return await growCluster({ ...session, state }, { input, before: stateBefore(local) }, options);
}

/** Brings the cluster around the first member to cluster.yml, as `rke up` does, and ends the restore. */
async function growCluster(
  session: LockedSession,
  { input, before }: { readonly input: RestoreInput; readonly before: ClusterState | undefined },
  options: RestoreSnapshotOptions,
): Promise<RunResult> {
  const events: ClusterOptions['events'] = {
    emit: (event) => {
      if (event.type !== 'run-started') options.events.emit(event);
    },
  };
  const quiet = { ...options, events };
  const prepared = await prepareUp(session, quiet);
  const needs = { ...prepared.needs, command: `rke ${command}` };
  return withCluster(session, quiet, needs, async (cluster) => {
    const { decision, plan } = await decideRun(cluster, prepared, quiet);
    const operations = addRestoreSteps(decision.operations.operations, { ...input, ...cluster });
    return apply(cluster, {
      ...decision,
      operations: { ...decision.operations, operations },
      desired: {
        ...decision.desired,
        restore: { ...input.snapshot, ...(before === undefined ? {} : { before }) },
      },
      summary: summarizePlan(plan),
    });
  });
}

/** The state that the restored cluster continues from: keys of the snapshot, nodes and settings of cluster.yml. */
async function decideState(
  { session, observed }: ObservedRun,
  options: RestoreSnapshotOptions,
  name: string,
  first: FirstMember,
): Promise<ClusterState> {
  const { spec, state: local, store } = session;
  const { location } = store;
  // An earlier run has started with it: new certificates are issued once.
  if (local?.restore?.id === first.found.id) {
    return withoutMark(local);
  }
  const usesLocal = options.useLocalState === true;
  const before = stateBefore(local);
  const chosen = chooseState({ snapshot: { name }, first, local: before, usesLocal, location });
  refuseOtherCluster({ chosen, local: before, observed, location });
  const config = chosen.currentState.rkeConfig ?? chosen.desiredState.rkeConfig;
  refuseNewer(config, spec);
  judgeChanges(session, options, config);
  const certificates = await issueCertificates({ spec }, chosen, options);
  const { desired: encryptionConfig, current } = encryptionPair(chosen);
  const base: ClusterState = {
    ...chosen,
    currentState: current === '' ? {} : { encryptionConfig: current },
  };
  return withDesired(base, spec, { certificates, encryptionConfig });
}

function withoutMark(state: ClusterState): ClusterState {
  return Object.fromEntries(
    Object.entries(state).filter(([name]) => name !== 'restore'),
  ) as unknown as ClusterState;
}

/** The state before any restore was started. */
const stateBefore = (local: ClusterState | undefined): ClusterState | undefined =>
  local?.restore === undefined ? local : local.restore.before;

/**
 * Refuses values of cluster.yml that the cluster of the snapshot cannot take, such as another range of Services. Its nodes may be others.
 *
 * @throws ConfigError (exit 3)
 */
function judgeChanges(
  session: ObservedRun['session'],
  options: RestoreSnapshotOptions,
  before: ClusterSpec | undefined,
): void {
  const { text, catalog, spec } = session;
  const loaded = checkCluster(text, {
    ...options.reading,
    ...(before === undefined ? {} : { running: { ...before, nodes: spec.nodes } }),
    catalog,
    forChange: true,
    judgeChanges: true,
    sshAgentAuth: options.sshAgentAuth,
  });
  if (!loaded.ok) throw new ConfigError(options.configPath, text, loaded.diagnostics);
}

/** @throws RkeError USAGE (exit 2) */
function checkName(name: string, events: ClusterOptions['events']): string {
  const plain = name.replace(/\.zip$/, '');
  if (plain !== name)
    events.emit({ type: 'warning', message: `the name of the snapshot is ${plain}, without .zip` });
  if (/^[A-Za-z0-9][\w.:+-]*$/.test(plain)) return plain;
  throw usageError(`invalid snapshot name "${name}": expected letters, digits and . _ : + - only`, {
    fix: 'set the name that `rke etcd snapshot-save` printed, without directory and .zip',
  });
}

/** @throws RkeError ETCD_NO_HOSTS (exit 8) if etcd is external */
function requireEtcdHosts({ nodes }: ClusterSpec): void {
  if (nodes.some(({ role }) => role.includes('etcd'))) return;
  throw etcdError('ETCD_NO_HOSTS', 'cluster.yml has no etcd host, so there is nothing to restore', {
    fix: 'restore the external etcd where it runs',
  });
}

/** The database is there three times for a moment: in the archive, as etcd has it, and unpacked. */
const timesOfDatabase = 2;

/** @throws RunFailedError SNAPSHOT_DISK_FULL (exit 8) */
function requireSpace({ facts }: ObservedRun, { host, found: { databaseBytes } }: FirstMember): void {
  const free = facts.get(host)?.disks.etcd?.freeKib;
  const needed = (databaseBytes * timesOfDatabase) / 1024;
  if (free === undefined || free >= needed) return;
  const message = `${formatBytes(free * 1024)} are free where etcd keeps its data, and the restore needs ${formatBytes(needed * 1024)}; nothing was changed`;
  const fix = (on: string): string =>
    `free space (\`df -h /var/lib/etcd\` on ${on}), then run the same command again`;
  throw new RunFailedError(
    [{ title: 'check the disk', host, error: etcdError('SNAPSHOT_DISK_FULL', message, { host, fix }) }],
    false,
  );
}

function describeRestore(
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

const confirmFix = (name: string): string =>
  `check what is lost, then run \`rke etcd snapshot-restore --name ${name} --yes\``;
