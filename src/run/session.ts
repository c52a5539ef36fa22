import type { ClusterSpec } from '../config/cluster-spec.js';
import { ConfigError } from '../core/config-error.js';
import type { EventSink } from '../core/events.js';
import { connectHosts, type HostSet } from '../host/connect/connect-hosts.js';
import type { KeyRingOptions } from '../host/ssh/key-ring.js';
import { clusterPaths, type ClusterPaths } from '../state/paths.js';
import type { ClusterState, StateStore } from '../state/cluster-state.js';
import type { VersionCatalog } from '../versions/catalog.js';
import { loadCatalog } from './catalog/catalog-file.js';
import { lockedStore, lockState, type RunLock } from './state/lock-state.js';
import type { MetadataSource } from './catalog/metadata-source.js';
import { checkCluster, readClusterText, type ReadingFlags } from './read-cluster.js';
import { runningCluster } from './state/running-cluster.js';
import { openStore, type StateOptions } from './state/state-options.js';
import { givenLogins, sshLogins, type GivenLogins } from './ssh-logins.js';

/** What every command that works on a cluster is told; the same for the command line and for programs. */
export interface ClusterOptions {
  /** Path of cluster.yml. */
  readonly configPath: string;
  readonly events: EventSink;
  readonly signal: AbortSignal;
  readonly sshAgentAuth?: boolean | undefined;
  readonly ignoreDockerVersion?: boolean | undefined;
  /** Where RKE's version metadata is, if not built in (RANCHER_METADATA_URL). */
  readonly metadata?: MetadataSource | undefined;
  /** Readings of the file that hide mistakes, where the user asks for them. */
  readonly reading?: ReadingFlags | undefined;
  /** Hosts worked on at the same time; 50 unless given. */
  readonly concurrency?: number | undefined;
  /** Images that one host pulls at the same time; 3 unless given. */
  readonly pullConcurrency?: number | undefined;
  /** Goes on without trying whether the hosts reach each other's ports. */
  readonly disablePortCheck?: boolean | undefined;
  /** Where host keys are kept; unless given, as `~/.ssh/config` says, or `~/.ssh/known_hosts`. */
  readonly knownHostsFile?: string | undefined;
  /** How the state file is kept. */
  readonly state?: StateOptions | undefined;
  /** How SSH keys with a passphrase are opened. */
  readonly keys?: KeyRingOptions | undefined;
}

/** A cluster as its file says it is, and where its state is kept. */
export interface Session {
  readonly spec: ClusterSpec;
  /** What the file itself says of logging in: the rest may come from ~/.ssh/config. */
  readonly given: GivenLogins;
  readonly catalog: VersionCatalog;
  readonly paths: ClusterPaths;
  readonly store: StateStore;
  /** What the store holds at the start; undefined where it holds nothing. */
  readonly state: ClusterState | undefined;
}

/** A session that no other run can change while it lasts; disposing gives the lock back. */
export interface LockedSession extends Session, AsyncDisposable {
  readonly lock: RunLock;
}

/**
 * Reads and checks cluster.yml and the state beside it, for a run that only looks. Nothing is contacted.
 *
 * @param withoutState leaves the state file unread
 * @param forChange what is not supported yet is a mistake
 * @throws ConfigError with all mistakes; RkeError where a file cannot be read (exit 2, the state's 4)
 */
export async function openSession(
  options: ClusterOptions,
  { forChange, withoutState = false }: { readonly forChange: boolean; readonly withoutState?: boolean },
): Promise<Session> {
  return checkFiles(await readFiles(options), options, { forChange, withoutState, keepsNodes: false });
}

/**
 * The same for a run that changes things: under the lock of the state file, so that what is read stays as it is.
 *
 * @param command as a run is told that finds the lock taken, e.g. `rke up`; `withoutState` leaves the state file unread;
 *   `keepsNodes` for a run that works on the nodes of the state
 * @throws what `openSession` throws; RkeError STATE_LOCKED (exit 4) where another run has the lock
 */
export async function openLockedSession(
  options: ClusterOptions,
  {
    forChange,
    command,
    withoutState = false,
    keepsNodes = false,
  }: {
    readonly forChange: boolean;
    readonly command: string;
    readonly withoutState?: boolean;
    readonly keepsNodes?: boolean;
  },
): Promise<LockedSession> {
  const files = await readFiles(options);
  const lock = await lockState(files.paths.state, options.state, command);
  try {
    const session = await checkFiles(files, options, { forChange, withoutState, keepsNodes });
    const store = lockedStore(session.store, lock);
    return { ...session, store, lock, [Symbol.asyncDispose]: () => lock[Symbol.asyncDispose]() };
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

interface SessionFiles extends Pick<Session, 'catalog' | 'paths' | 'store'> {
  readonly text: string;
}

async function readFiles(options: ClusterOptions): Promise<SessionFiles> {
  const { configPath: file, events, signal } = options;
  const warn = (message: string): void => events.emit({ type: 'warning', message });
  const metadata = options.metadata === undefined ? undefined : { ...options.metadata, warn, signal };
  const [text, catalog] = await Promise.all([readClusterText(file), loadCatalog(metadata)]);
  const paths = clusterPaths(file);
  return { text, catalog, paths, store: openStore(paths.state, options.state) };
}

async function checkFiles(
  { text, catalog, paths, store }: SessionFiles,
  options: ClusterOptions,
  {
    forChange,
    withoutState,
    keepsNodes,
  }: { readonly forChange: boolean; readonly withoutState: boolean; readonly keepsNodes: boolean },
): Promise<Session> {
  const state = withoutState ? undefined : await store.load();
  const loaded = checkCluster(text, {
    ...options.reading,
    ...runningCluster(state),
    catalog,
    forChange,
    // A run that applies nothing of the file must not stop at what it would refuse: `rke remove` is a way out.
    judgeChanges: forChange,
    keepsNodes,
    sshAgentAuth: options.sshAgentAuth,
  });
  if (!loaded.ok) throw new ConfigError(options.configPath, text, loaded.diagnostics);
  for (const { path, message } of loaded.warnings)
    options.events.emit({ type: 'warning', message: `${path}: ${message}` });
  const given = givenLogins(text, options.reading);
  return { spec: withFlags(loaded.value, options), given, catalog, paths, store, state };
}

/** The two flags that stand above the file, for the bastion, too (RKE cmd/common.go:57). */
function withFlags(spec: ClusterSpec, { sshAgentAuth, ignoreDockerVersion }: ClusterOptions): ClusterSpec {
  const flagged = { ...spec, ignoreDockerVersion: ignoreDockerVersion ?? false };
  if (sshAgentAuth !== true) return flagged;
  const nodes = spec.nodes.map((node) => ({ ...node, sshAgentAuth }));
  const { bastionHost } = spec;
  const bastion = bastionHost === undefined ? {} : { bastionHost: { ...bastionHost, sshAgentAuth } };
  return { ...flagged, sshAgentAuth, nodes, ...bastion };
}

/** Connects to all hosts of the cluster; those that cannot be reached are told and kept as data. */
export async function connect({ spec, given }: Session, options: ClusterOptions): Promise<HostSet> {
  const { events, signal, knownHostsFile, keys } = options;
  const { nodes, bastion } = sshLogins(spec, given);
  return connectHosts(nodes, {
    events,
    signal,
    limit: readingConcurrencyOf(options),
    ...(bastion === undefined ? {} : { bastion }),
    ...(keys === undefined ? {} : { keys }),
    ...(knownHostsFile === undefined ? {} : { knownHostsFile }),
  });
}

/** Hosts worked on at the same time. */
export const defaultConcurrency = 50;

/** How many hosts a run works on at the same time. */
export function concurrencyOf({ concurrency }: Pick<ClusterOptions, 'concurrency'>): number {
  return concurrency ?? defaultConcurrency;
}

/**
 * Reading is light, so more hosts are read at once than are worked on. Not many more: a handshake takes some 10 ms of our
 * CPU and has 10 s for all, so with 200 at once a busy machine takes hosts for unreachable that are not.
 */
const readsPerOperation = 2;

/** How many hosts a run connects to and reads at the same time. */
export function readingConcurrencyOf(options: Pick<ClusterOptions, 'concurrency'>): number {
  return concurrencyOf(options) * readsPerOperation;
}
