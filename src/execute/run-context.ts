import type { CertificateBundle } from '../pki/certificates.js';
import type { HealthCheck, ObjectRef } from '../plan/cluster-plan-types.js';
import type { EncryptionPair } from '../plan/encryption/encryption-step.js';
import type { EventSink } from '../core/events.js';
import type { CallOptions, Host, HostReader, RegistryAuth } from '../host/host.js';
import type { EtcdApi } from '../etcd/etcd.js';
import type { RunHook } from '../reconcile/kinds/hook-kinds.js';
import type { KubeApi } from '../kube/kube.js';
import type { S3Api } from '../s3/s3.js';

/** Everything a run may touch, behind interfaces. Built once by the CLI (or by a test, with fakes). */
export interface RunContext {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly kube: KubeApi;
  /** The membership of etcd. */
  readonly etcd: EtcdApi;
  /** Requests to S3 that transfer no snapshot. */
  readonly s3: S3Api;
  readonly events: EventSink;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly certificates: CertificateBundle;
  readonly probe: Probe;
  readonly packFiles: PackFiles;
  readonly unpackFiles: UnpackFiles;
  readonly explainWorkload: ExplainWorkload;
  /** Saves, before anything relies on it, how far the encryption of Secrets is. */
  readonly recordEncryption: (pair: EncryptionPair) => Promise<void>;
  readonly callHook: CallHook;
  /** Credentials for the registry of an image, if cluster.yml has any. Asked only for what is pulled. */
  readonly registryAuth: (image: string, options: CallOptions) => Promise<RegistryAuth | undefined>;
}

/**
 * Starts the program of a hook with the JSON on its stdin, or sends it to its URL. Ends within its limit of time.
 *
 * @throws RkeError HOOK_FAILED, HOOK_TIMEOUT or HOOK_NOT_STARTED; the signal's reason
 */
export type CallHook = (
  hook: Pick<RunHook, 'hook' | 'when' | 'action' | 'timeoutSeconds'>,
  json: string,
  options: CallOptions,
) => Promise<void>;

export interface Limits {
  /** Operations that run at the same time, over all hosts. */
  readonly operations: number;
  /** Images that one host pulls at the same time. */
  readonly pullsPerHost: number;
}

export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** @throws the signal's reason when it is aborted */
  sleep(milliseconds: number, options: CallOptions): Promise<void>;
}

/** Asks a health URL from the host itself. @throws if nothing answers */
export type Probe = (host: HostReader, check: HealthCheck, options: CallOptions) => Promise<ProbeAnswer>;

export interface ProbeAnswer {
  readonly status: number;
  readonly body: string;
}

/** Why a workload's pods do not run: at most ten lines. */
export type ExplainWorkload = (
  kube: KubeApi,
  workload: ObjectRef,
  options: CallOptions,
) => Promise<readonly string[]>;

/** Packs files and directories into a tar below `/`. */
export type PackFiles = (
  entries: readonly {
    readonly path: string;
    readonly content?: string | Buffer;
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
    /** Modification time in seconds since 1970; 0 unless given. */
    readonly mtime?: number;
  }[],
) => Promise<Buffer>;

/** The regular files of a tar, with their paths as in it. */
export type UnpackFiles = (tar: Buffer) => Promise<
  readonly {
    readonly path: string;
    readonly content: Buffer;
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
    readonly mtime?: number;
  }[]
>;
