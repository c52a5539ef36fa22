import type { KeyRingOptions } from '../host/ssh/key-ring.js';
import type { Transport } from '../host/transport/transport.js';
import type { HelmOptions } from './helm/run-helm.js';
import type { MetadataOptions } from './catalog/metadata-source.js';
import type { ClusterSourceOptions } from './cluster-source.js';
import type { ReadingFlags } from './read-cluster.js';
import type { StateFileOptions } from './state/state-options.js';

/** Options of every command that contacts hosts; the same for the command line and for programs. */
export interface ClusterOptions extends MetadataOptions, ClusterSourceOptions, StateFileOptions {
  /** Logs in with the keys of the SSH agent. */
  readonly sshAgentAuth?: boolean | undefined;
  /** Accepts Docker versions that the Kubernetes version does not support. */
  readonly ignoreDockerVersion?: boolean | undefined;
  /** How leniently cluster.yml is read, e.g. duplicate keys. */
  readonly reading?: ReadingFlags | undefined;
  /** Hosts worked on at the same time; 50 by default. */
  readonly concurrency?: number | undefined;
  /** Images that one host pulls at the same time; 3 by default. */
  readonly pullConcurrency?: number | undefined;
  /** How Helm charts are rendered; by default with `helm` of the PATH. */
  readonly helm?: HelmOptions | undefined;
  /** Skips the connectivity check between hosts. */
  readonly disablePortCheck?: boolean | undefined;
  /** Time limit of the run; when it is over, the run stops like after Ctrl-C. None by default. */
  readonly timeoutMilliseconds?: number | undefined;
  /** File of host keys; by default the one of `~/.ssh/config`, or `~/.ssh/known_hosts`. */
  readonly knownHostsFile?: string | undefined;
  /** Reaches the hosts in another way than by SSH. */
  readonly transport?: Transport | undefined;
  /** How SSH keys with a passphrase are decrypted. */
  readonly keys?: KeyRingOptions | undefined;
}

/** An option of commands that run hooks around nodes and stages. */
export interface HooksOption {
  /** Path of a file with hooks (docs/hooks.md). None by default. */
  readonly hooksFile?: string | undefined;
}

/** Options of commands that contact no host. */
export type FileOptions = Pick<
  ClusterOptions,
  'configPath' | 'input' | 'overlays' | 'events' | 'signal' | 'metadata' | 'reading' | 'state' | 'helm'
>;

/** Default of `concurrency`. */
export const defaultConcurrency = 50;

/** Number of hosts that a run works on at the same time. */
export function concurrencyOf({ concurrency }: Pick<ClusterOptions, 'concurrency'>): number {
  return concurrency ?? defaultConcurrency;
}

/**
 * Reading is cheap, so more hosts are read at once than are changed. Not many more: a handshake needs some 10 ms of CPU on
 * this machine and has 10 s in total, so with 200 at once a busy machine reports reachable hosts as unreachable.
 */
const readsPerOperation = 2;

/** Number of hosts that a run connects to and reads at the same time. */
export function readingConcurrencyOf(options: Pick<ClusterOptions, 'concurrency'>): number {
  return concurrencyOf(options) * readsPerOperation;
}
