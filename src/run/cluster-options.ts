import type { EventSink } from '../core/events.js';
import type { KeyRingOptions } from '../host/ssh/key-ring.js';
import type { MetadataSource } from './catalog/metadata-source.js';
import type { ReadingFlags } from './read-cluster.js';
import type { StateOptions } from './state/state-options.js';

/** Options of every command that works on a cluster; the same for the command line and for programs. */
export interface ClusterOptions {
  /** Path of cluster.yml. */
  readonly configPath: string;
  readonly events: EventSink;
  readonly signal: AbortSignal;
  readonly sshAgentAuth?: boolean | undefined;
  readonly ignoreDockerVersion?: boolean | undefined;
  /** Source of RKE's version metadata if it is not the built-in one (RANCHER_METADATA_URL). */
  readonly metadata?: MetadataSource | undefined;
  /** Lenient readings of the file that the user asked for, e.g. duplicate keys. */
  readonly reading?: ReadingFlags | undefined;
  /** Hosts worked on at the same time; 50 by default. */
  readonly concurrency?: number | undefined;
  /** Images that one host pulls at the same time; 3 by default. */
  readonly pullConcurrency?: number | undefined;
  /** Skips the connectivity check between hosts. */
  readonly disablePortCheck?: boolean | undefined;
  /** File of host keys; by default the one of `~/.ssh/config`, or `~/.ssh/known_hosts`. */
  readonly knownHostsFile?: string | undefined;
  /** How the state file is kept. */
  readonly state?: StateOptions | undefined;
  /** How SSH keys with a passphrase are opened. */
  readonly keys?: KeyRingOptions | undefined;
}

/** Options of commands that contact no host. */
export type FileOptions = Pick<
  ClusterOptions,
  'configPath' | 'events' | 'signal' | 'metadata' | 'reading' | 'state'
>;

/** Default number of hosts worked on at the same time. */
export const defaultConcurrency = 50;

/** Number of hosts that a run works on at the same time. */
export function concurrencyOf({ concurrency }: Pick<ClusterOptions, 'concurrency'>): number {
  return concurrency ?? defaultConcurrency;
}

/**
 * Reading is light, so more hosts are read at once than are worked on. Not many more: a handshake takes some 10 ms of CPU
 * here and has 10 s in total, so with 200 at once a busy machine reports reachable hosts as unreachable.
 */
const readsPerOperation = 2;

/** Number of hosts that a run connects to and reads at the same time. */
export function readingConcurrencyOf(options: Pick<ClusterOptions, 'concurrency'>): number {
  return concurrencyOf(options) * readsPerOperation;
}
