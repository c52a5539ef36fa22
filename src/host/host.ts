import type { Duplex } from 'node:stream';
import type { ContainerSpec } from '../plan/cluster-plan-types.js';

/** One connected host, for commands that only read: `rke plan` gets no more. */
export interface HostReader {
  /** Address in cluster.yml, which identifies the host. */
  readonly address: string;
  readonly docker: DockerReader;
  /**
   * Runs a command line that changes nothing in the user's shell; once more if the connection is lost meanwhile.
   *
   * @throws RkeError if it cannot be run; not for a non-zero exit code
   */
  read(command: string, options: CallOptions): Promise<ExecResult>;
  /** Opens a TCP connection from the host itself (direct-tcpip), e.g. to its own 127.0.0.1:6443. */
  dial(target: { readonly host: string; readonly port: number }, options: CallOptions): Promise<Duplex>;
}

/** One connected host. Everything goes over one SSH connection with many channels. */
export interface Host extends HostReader, AsyncDisposable {
  readonly docker: DockerApi;
  /** Runs a command line in the user's shell, once. @throws RkeError if it cannot be run; not for a non-zero exit code */
  exec(command: string, options: CallOptions): Promise<ExecResult>;
}

export interface CallOptions {
  readonly signal: AbortSignal;
}

/** How a command line is run. */
export interface ExecOptions extends CallOptions {
  /** Limit; 30 s by default. */
  readonly milliseconds?: number | undefined;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Reads of the Docker of one host. Names are container names. Throws RkeError with the host and a fix. */
export interface DockerReader {
  facts(options: CallOptions): Promise<DockerFacts>;
  /** All containers, running or not. */
  list(options: CallOptions): Promise<readonly ContainerSummary[]>;
  /** undefined if no container has the name. */
  inspect(name: string, options: CallOptions): Promise<ObservedContainer | undefined>;
  /** Ids of all images on the host, by each of their names with tag. */
  listImages(options: CallOptions): Promise<ReadonlyMap<string, string>>;
  /** undefined if the image is not on the host. */
  inspectImage(image: string, options: CallOptions): Promise<ObservedImage | undefined>;
  /** Last `tail` lines of stdout and stderr, without timestamps. */
  logs(name: string, options: CallOptions & { readonly tail: number }): Promise<readonly string[]>;
  /** Passes the log on while it is read; with `follows`, until the container stops or the signal is aborted. */
  streamLogs(name: string, options: LogOptions): Promise<void>;
  /** Asks the image's registry for it; nothing is pulled. @throws what a pull would, if the registry lacks it or cannot be reached */
  askRegistry(image: string, options: CallOptions & { readonly auth?: RegistryAuth }): Promise<void>;
  /** Tar of `path` in the container; undefined if the path does not exist. */
  getArchive(name: string, path: string, options: CallOptions): Promise<Buffer | undefined>;
}

/** What is read of a container's log. */
export interface LogOptions extends CallOptions {
  /** Lines before the end; all by default. */
  readonly tail?: number | undefined;
  /** Seconds since 1970 by the clock of the host. */
  readonly since?: number | undefined;
  readonly follows: boolean;
  readonly onLine: (line: LogLine) => void;
}

/** A line of a log, without its line break. */
export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface NameOptions extends CallOptions {
  /** Removes another container that has the name. */
  readonly replaces?: boolean;
}

/** Docker of one host. */
export interface DockerApi extends DockerReader {
  /** Pulls; errors in the stream are thrown. `onProgress` gets bytes of the layers. */
  pull(image: string, options: PullOptions): Promise<void>;
  create(spec: ContainerSpec, options: NameOptions): Promise<void>;
  start(name: string, options: CallOptions): Promise<void>;
  /** The stop signal of the image, SIGTERM by default, then SIGKILL after `seconds`; no error if it is not running. */
  stop(name: string, options: CallOptions & { readonly seconds: number }): Promise<void>;
  rename(name: string, newName: string, options: NameOptions): Promise<void>;
  /** Forced, with anonymous volumes; no error if it does not exist. */
  remove(name: string, options: CallOptions): Promise<void>;
  /** Waits until the container has stopped, 300 s at most unless `milliseconds` is given. @returns its exit code */
  wait(name: string, options: CallOptions & { readonly milliseconds?: number }): Promise<number>;
  /** Unpacks a tar below `path` in the container, running or just created; bind mounts included. */
  putArchive(name: string, path: string, tar: Buffer, options: CallOptions): Promise<void>;
}

export interface PullOptions extends CallOptions {
  readonly auth?: RegistryAuth;
  readonly onProgress?: (progress: { readonly currentBytes: number; readonly totalBytes: number }) => void;
}

export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
}

/** From `docker info` and `docker version`. */
export interface DockerFacts {
  readonly version: string;
  readonly apiVersion: string;
  readonly rootDir: string;
  readonly osType: string;
  /** e.g. `Debian GNU/Linux 12 (bookworm)`. */
  readonly operatingSystem: string;
  readonly architecture: string;
  /** How it stores layers, e.g. `overlay2`; absent if it does not say. */
  readonly storageDriver?: string;
  readonly cgroupDriver: string;
  readonly cgroupVersion: string;
  readonly securityOptions: readonly string[];
  readonly hostname: string;
}

export interface ContainerSummary {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly running: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** As Docker has it: `host`, `none`, `default`, `container:ID`. */
  readonly networkMode: string;
}

/** The fields of `docker inspect` that RKE v1 compares, and the state. */
export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: readonly string[];
  readonly binds: readonly string[];
  readonly securityOpt: readonly string[];
  /** As written in Docker: a name or `uid:gid`; '' for root. */
  readonly user: string;
  readonly running: boolean;
  readonly restarting: boolean;
  /** How often Docker has restarted it since it was started. */
  readonly restartCount: number;
  /** Last start, by the clock of its host (RFC 3339); absent if it was never started. */
  readonly startedAt?: string;
  readonly exitCode: number;
  /** Docker's error of the last start, or ''. */
  readonly error: string;
}

export interface ObservedImage {
  readonly id: string;
  readonly env: readonly string[];
  /** User of containers that name none; absent for root. */
  readonly user?: string;
}
