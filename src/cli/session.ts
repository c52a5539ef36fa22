import { readFile } from 'node:fs/promises';
import type { ClusterSpec } from '../config/cluster-spec.js';
import { loadCluster, type LoadOptions } from '../config/validate.js';
import { ConfigError } from '../core/config-error.js';
import { messageOf, usageError } from '../core/errors.js';
import type { EventSink } from '../core/events.js';
import { connectHosts, type HostSet } from '../host/connect.js';
import { clusterPaths, type ClusterPaths } from '../state/paths.js';
import { createFileStore } from '../state/file-store.js';
import type { ClusterState, StateStore } from '../state/cluster-state.js';
import type { VersionCatalog } from '../versions/catalog.js';
import { loadCatalog } from './catalog-file.js';
import type { MetadataSource } from './metadata-source.js';

/** What RKE took in silence, by the flag that allows it. */
export type ReadingFlags = Pick<LoadOptions, 'allowUnknown' | 'allowDuplicateKeys' | 'allowImageMismatch'>;

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
  /** Hosts worked on at the same time. */
  readonly concurrency: number;
  /** Where host keys are kept; `~/.ssh/known_hosts` unless given. */
  readonly knownHostsFile?: string | undefined;
}

/** A cluster as its file says it is, and where its state is kept. */
export interface Session {
  readonly spec: ClusterSpec;
  readonly catalog: VersionCatalog;
  readonly paths: ClusterPaths;
  readonly store: StateStore;
  /** What the store holds at the start; undefined where it holds nothing. */
  readonly state: ClusterState | undefined;
}

/**
 * Reads and checks cluster.yml and the state beside it. Nothing is contacted.
 *
 * @param forChange what is not supported yet is a mistake
 * @throws ConfigError with all mistakes; RkeError where a file cannot be read (exit 2, the state's 4)
 */
export async function openSession(
  options: ClusterOptions,
  { forChange }: { readonly forChange: boolean },
): Promise<Session> {
  const { configPath: file, events, signal } = options;
  const warn = (message: string): void => events.emit({ type: 'warning', message });
  const metadata = options.metadata === undefined ? undefined : { ...options.metadata, warn, signal };
  const paths = clusterPaths(file);
  const store = createFileStore(paths.state);
  const [text, catalog, state] = await Promise.all([readConfig(file), loadCatalog(metadata), store.load()]);
  const running = state?.currentState.rkeConfig;
  const loaded = loadCluster(text, { ...options.reading, catalog, forChange, running });
  if (!loaded.ok) throw new ConfigError(file, text, loaded.diagnostics);
  for (const { path, message } of loaded.warnings)
    events.emit({ type: 'warning', message: `${path}: ${message}` });
  return { spec: withFlags(loaded.value, options), catalog, paths, store, state };
}

async function readConfig(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw usageError(`cannot read ${file}: ${messageOf(cause)}`, {
      fix: 'name the cluster file with --config, or write one (examples/minimal.yml is a start)',
      cause,
    });
  }
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
export async function connect({ spec }: Session, options: ClusterOptions): Promise<HostSet> {
  const { events, signal, concurrency: limit, knownHostsFile } = options;
  return connectHosts(spec.nodes, {
    events,
    signal,
    limit,
    ...(spec.bastionHost === undefined ? {} : { bastion: spec.bastionHost }),
    ...(knownHostsFile === undefined ? {} : { knownHostsFile }),
  });
}
