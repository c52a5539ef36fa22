import type { ClusterSpec } from '../config/cluster-spec.js';
import { etcdError, type RkeError } from '../core/errors.js';
import { clusterPaths, type ClusterPaths } from '../state/paths.js';
import type { ClusterState, StateReader, StateStore } from '../state/cluster-state.js';
import type { VersionCatalog } from '../versions/catalog.js';
import { loadCatalog } from './catalog/catalog-file.js';
import type { ClusterOptions, FileOptions } from './cluster-options.js';
import { lockedStore, lockState, type RunLock } from './state/lock-state.js';
import { checkSource, invalidCluster, readClusterSource, type ClusterSource } from './cluster-source.js';
import { runningCluster } from './state/running-cluster.js';
import { openStore } from './state/state-options.js';
import { readGivenLogins, type GivenLogins } from './ssh-logins.js';

/** A cluster as its file describes it, and the store of its state. */
export interface Session {
  readonly spec: ClusterSpec;
  /** cluster.yml, for positions in messages. */
  readonly source: ClusterSource;
  readonly text: string;
  /** Which values of logins cluster.yml itself sets: the others may come from ~/.ssh/config. */
  readonly given: GivenLogins;
  readonly catalog: VersionCatalog;
  readonly paths: ClusterPaths;
  readonly store: StateReader;
  /** Content of the store at the start; undefined if there is none. */
  readonly state: ClusterState | undefined;
}

/** A session that no other run can change while it lasts; disposing releases the lock. */
export interface LockedSession extends Session, AsyncDisposable {
  readonly store: StateStore;
  readonly lock: RunLock;
}

type SessionOptions = FileOptions & Pick<ClusterOptions, 'sshAgentAuth' | 'ignoreDockerVersion'>;

/** What a command needs of cluster.yml and the state. */
export interface SessionNeeds {
  /** It applies cluster.yml: unsupported keys, and changes that a running cluster cannot take, are errors. */
  readonly forChange: boolean;
  /** Does not read the state file. */
  readonly withoutState?: boolean;
  /** It works on the nodes of the state, so cluster.yml may have others. */
  readonly keepsNodes?: boolean;
  /** The user accepts what a change of the network plugin interrupts. */
  readonly allowNetworkChange?: boolean | undefined;
  /** The user accepts a version that skips a minor, or is older. */
  readonly forceVersion?: boolean | undefined;
  /** It may work on a cluster of which a restore was started and not finished. */
  readonly duringRestore?: boolean;
  /** Text of cluster.yml, if it is about to be changed; by default that of the file. */
  readonly text?: string | undefined;
}

/**
 * Reads and checks cluster.yml and the state beside it, for a command that changes nothing. Contacts no host.
 *
 * @throws ConfigError (exit 3) with all errors; RkeError if a file cannot be read (exit 2, the state 4)
 */
export async function openSession(options: SessionOptions, needs: SessionNeeds): Promise<Session> {
  const session = await checkFiles(await readFiles(options, needs), options, needs);
  if (needs.forChange) refuseDuringRestore(session, needs);
  return session;
}

/**
 * The same for a command that changes something: under the lock of the state file, so that no other run changes what was read.
 *
 * @param command shown to a run that finds the lock taken, e.g. `rke up`
 * @param held the lock, if the caller has it already; it is not released with the session
 * @throws what `openSession` throws; RkeError STATE_LOCKED (exit 4) if another run has the lock
 */
export async function openLockedSession(
  options: ClusterOptions,
  {
    command,
    held,
    ...needs
  }: SessionNeeds & { readonly command: string; readonly held?: RunLock | undefined },
): Promise<LockedSession> {
  const files = await readFiles(options, needs);
  const lock = held ?? (await lockState(files.paths.state, options.state, command));
  const release = async (): Promise<void> => {
    if (held === undefined) await lock[Symbol.asyncDispose]();
  };
  try {
    const session = await checkFiles(files, options, needs);
    refuseDuringRestore(session, needs);
    const store = lockedStore(files.store, lock);
    return { ...session, store, lock, [Symbol.asyncDispose]: release };
  } catch (error) {
    await release();
    throw error;
  }
}

interface SessionFiles extends Pick<LockedSession, 'catalog' | 'paths' | 'store'> {
  readonly source: ClusterSource;
}

async function readFiles(options: SessionOptions, needs: SessionNeeds): Promise<SessionFiles> {
  const [source, catalog] = await Promise.all([readClusterSource(options, needs.text), loadCatalog(options)]);
  const paths = clusterPaths(options.configPath);
  return { source, catalog, paths, store: openStore(paths.state, options.state) };
}

async function checkFiles(
  { source, catalog, paths, store }: SessionFiles,
  options: SessionOptions,
  { forChange, withoutState = false, keepsNodes = false, allowNetworkChange, forceVersion }: SessionNeeds,
): Promise<Session> {
  const state = withoutState ? undefined : await store.load();
  const loaded = checkSource(source, {
    ...options.reading,
    ...runningCluster(state),
    catalog,
    forChange,
    // A command that does not apply the file must not be stopped by a change in it: `rke remove` must always work.
    judgeChanges: forChange,
    keepsNodes,
    allowNetworkChange,
    forceVersion,
    sshAgentAuth: options.sshAgentAuth,
  });
  if (!loaded.ok) throw invalidCluster(source, loaded.diagnostics);
  for (const { path, message } of loaded.warnings)
    options.events.emit({ type: 'warning', message: `${path}: ${message}` });
  const { text } = source;
  const given = readGivenLogins(text, { ...options.reading, overlays: source.overlays });
  return { spec: withFlags(loaded.value, options), source, text, given, catalog, paths, store, state };
}

/**
 * Hosts whose data was moved aside would found an empty cluster.
 *
 * @throws RkeError RESTORE_UNFINISHED (exit 8)
 */
function refuseDuringRestore({ state }: Session, { duringRestore = false }: SessionNeeds): void {
  const error = unfinishedRestore(state);
  if (error !== undefined && !duringRestore) throw error;
}

/** RESTORE_UNFINISHED with its fix, if a restore was started and not finished. */
export function unfinishedRestore(state: ClusterState | undefined): RkeError | undefined {
  if (state?.restore === undefined) return undefined;
  const { name, accepted = false } = state.restore;
  const same = `rke etcd snapshot-restore --name ${name}`;
  return etcdError('RESTORE_UNFINISHED', `the restore of snapshot ${name} was started and not finished`, {
    fix: `continue it with \`${same}\`${accepted ? '' : `, or put everything back with \`${same} --cancel\``}`,
  });
}

/** The two flags that override the file, also for the bastion host (RKE cmd/common.go:57). */
function withFlags(spec: ClusterSpec, { sshAgentAuth, ignoreDockerVersion }: SessionOptions): ClusterSpec {
  const flagged = { ...spec, ignoreDockerVersion: ignoreDockerVersion ?? false };
  if (sshAgentAuth !== true) return flagged;
  const nodes = spec.nodes.map((node) => ({ ...node, sshAgentAuth }));
  const { bastionHost } = spec;
  const bastion = bastionHost === undefined ? {} : { bastionHost: { ...bastionHost, sshAgentAuth } };
  return { ...flagged, sshAgentAuth, nodes, ...bastion };
}
