import type { Duplex } from 'node:stream';
import type { ContainerSpec } from '../plan/cluster-plan-types.js';

/** One connected host. Everything goes over one SSH connection, many channels. */
export interface Host extends AsyncDisposable {
  /** Address in cluster.yml: the identity of the host. */
  readonly address: string;
  readonly docker: DockerApi;
  /** Runs a command line in the user's shell; throws RkeError when it cannot be run, not when it exits non-zero. */
  exec(command: string, options: ExecOptions): Promise<ExecResult>;
  /** Opens a TCP connection from the host itself (direct-tcpip), e.g. to its own 127.0.0.1:6443. */
  dial(target: { readonly host: string; readonly port: number }, options: CallOptions): Promise<Duplex>;
}

export interface CallOptions {
  readonly signal: AbortSignal;
}

export interface ExecOptions extends CallOptions {
  /** It changes nothing, so it may be run once more where the connection is lost underway. */
  readonly isRead?: boolean;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Docker of one host, in our words. Names are container names. Throws RkeError with the host and a fix. */
export interface DockerApi {
  facts(options: CallOptions): Promise<DockerFacts>;
  /** All containers, running or not. */
  list(options: CallOptions): Promise<readonly ContainerSummary[]>;
  /** undefined where no container has the name. */
  inspect(name: string, options: CallOptions): Promise<ObservedContainer | undefined>;
  /** Ids of all images that are on the host, by each of their names with tag. */
  listImages(options: CallOptions): Promise<ReadonlyMap<string, string>>;
  /** undefined where the image is not on the host. */
  inspectImage(image: string, options: CallOptions): Promise<ObservedImage | undefined>;
  /** Pulls; errors inside the stream are found. `onProgress` gets bytes of the layers. */
  pull(image: string, options: PullOptions): Promise<void>;
  /** Does nothing where the image's registry has it; throws as a pull would where not, or where it cannot be asked. */
  askRegistry(image: string, options: CallOptions & { readonly auth?: RegistryAuth }): Promise<void>;
  create(spec: ContainerSpec, options: CallOptions): Promise<void>;
  start(name: string, options: CallOptions): Promise<void>;
  /** SIGTERM, SIGKILL after `seconds`; fine when it is not running. */
  stop(name: string, options: CallOptions & { readonly seconds: number }): Promise<void>;
  rename(name: string, newName: string, options: CallOptions): Promise<void>;
  /** Force, with anonymous volumes; fine when it is not there. */
  remove(name: string, options: CallOptions): Promise<void>;
  /** Waits until the container has stopped; gives its exit code. */
  wait(name: string, options: CallOptions): Promise<number>;
  /** Last `tail` lines of stdout and stderr, without timestamps. */
  logs(name: string, options: CallOptions & { readonly tail: number }): Promise<readonly string[]>;
  /** Unpacks a tar below `path` in the container, running or only created; bind mounts included. */
  putArchive(name: string, path: string, tar: Buffer, options: CallOptions): Promise<void>;
  /** Tar of `path` in the container, or undefined where the path is not there. */
  getArchive(name: string, path: string, options: CallOptions): Promise<Buffer | undefined>;
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
}

/** The fields of `docker inspect` by which RKE compares, plus its state. */
export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: readonly string[];
  readonly binds: readonly string[];
  readonly securityOpt: readonly string[];
  /** As Docker has it: a name or `uid:gid`; '' for root. */
  readonly user: string;
  readonly running: boolean;
  readonly restarting: boolean;
  /** How often Docker has restarted it since somebody started it. */
  readonly restartCount: number;
  /** When it was started last, by the clock of its host (RFC 3339); absent if it never was. */
  readonly startedAt?: string;
  readonly exitCode: number;
  /** Error of the last start, as Docker has it, or ''. */
  readonly error: string;
}

export interface ObservedImage {
  readonly id: string;
  readonly env: readonly string[];
  /** Who containers run as that name no user; absent for root. */
  readonly user?: string;
}
