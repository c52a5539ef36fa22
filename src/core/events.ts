/**
 * What happens during a run, as data. Renderers (src/report) turn it into text; `type` and the fields of each
 * type are stable API, the wording of a rendered line is not.
 */
export type RkeEvent = EventStamp & EventPayload;

export interface EventStamp {
  /** RFC 3339, milliseconds, UTC. */
  readonly time: string;
}

export type EventPayload =
  | {
      readonly type: 'run-started';
      readonly command: string;
      readonly cluster: string;
      readonly version: string;
      readonly hosts: number;
      /** The cluster file, as it was named. */
      readonly config: string;
    }
  | {
      readonly type: 'host-connected';
      readonly host: string;
      readonly dockerVersion: string;
      readonly durationMs: number;
    }
  | {
      readonly type: 'host-key-recorded';
      readonly host: string;
      readonly fingerprint: string;
      readonly file: string;
    }
  | { readonly type: 'host-unreachable'; readonly host: string; readonly error: EventError }
  | {
      readonly type: 'certificates-ready';
      readonly kept: number;
      readonly issued: readonly string[];
      /** Why each was issued, in the same order. */
      readonly reasons: readonly CertificateReason[];
    }
  | {
      readonly type: 'plan-made';
      readonly operations: number;
      /** Those that have operations, in the order in which they end. */
      readonly stages: readonly { readonly stage: string; readonly operations: number }[];
      readonly unchanged: UnchangedCounts;
      /** What is changed, in short, for people; only if the command describes it. */
      readonly summary?: readonly string[];
    }
  | { readonly type: 'stage-started'; readonly stage: string; readonly operations: number }
  | {
      readonly type: 'stage-finished';
      readonly stage: string;
      readonly durationMs: number;
      readonly done: number;
      readonly failed: number;
      readonly skipped: number;
    }
  | ({ readonly type: 'operation-started' } & OperationRef)
  | ({
      readonly type: 'operation-progress';
      readonly text: string;
      readonly reason?: string;
      readonly timeoutSeconds?: number;
    } & OperationRef)
  | ({ readonly type: 'operation-finished'; readonly durationMs: number } & OperationRef)
  | ({
      readonly type: 'operation-failed';
      readonly durationMs: number;
      readonly error: EventError;
    } & OperationRef)
  | ({ readonly type: 'operation-skipped'; readonly because: string } & OperationRef)
  | { readonly type: 'state-saved'; readonly file: string }
  | {
      readonly type: 'state-recovered';
      readonly file: string;
      /** `cluster`, `hosts` or `snapshot`. */
      readonly source: string;
      /** What it was read from, for people. */
      readonly from: string;
      /** SHA-256 of the cluster's CA. */
      readonly fingerprint: string;
      /** What the state lacks or may be behind in. */
      readonly missing: readonly string[];
    }
  | ({ readonly type: 'snapshot-saved' } & SavedSnapshot)
  | ({ readonly type: 'snapshot-verified' } & CheckedArchive)
  | { readonly type: 'warning'; readonly message: string; readonly host?: string }
  | { readonly type: 'debug'; readonly message: string; readonly host?: string }
  | {
      readonly type: 'run-finished';
      readonly outcome: 'done' | 'no-change' | 'failed' | 'cancelled';
      readonly durationMs: number;
      /** Operations done and failed; skipped ones are neither. */
      readonly done: number;
      readonly failed: number;
      readonly unchanged: UnchangedCounts;
      /** Path of the admin kubeconfig, if the run wrote one. */
      readonly kubeconfig?: string;
      /** Add-ons that the run did not wait for (`--wait`) and that are not available; absent if there is none. */
      readonly unavailable?: readonly UnavailableAddon[];
      /** Name of the etcd snapshot that is on every etcd host now; only of `rke etcd snapshot-save`. */
      readonly snapshot?: string;
      /** Exit code of the process, if it is not 0. */
      readonly exitCode?: number;
      /** What went wrong: one for each failure, or for each mistake of cluster.yml. */
      readonly errors?: readonly RunError[];
    };

/** A snapshot of etcd on one host, whose archive was checked. */
export interface SavedSnapshot {
  readonly host: string;
  readonly name: string;
  /** Path of the archive on the host. */
  readonly file: string;
  /** Size of the archive. */
  readonly bytes: number;
  /** Size of the database in it. */
  readonly databaseBytes: number;
  /** SHA-256 of the archive. */
  readonly sha256: string;
  /** Revision of etcd. */
  readonly revision: number;
  /** Number of keys in the database. */
  readonly keys: number;
  /** False if there was no state file to put into it. */
  readonly hasState: boolean;
  readonly durationMs: number;
  /** Only with S3. */
  readonly upload?: UploadedSnapshot;
}

/** The archive of a snapshot on one host that passed its check. */
export interface CheckedArchive extends Pick<
  SavedSnapshot,
  'host' | 'name' | 'file' | 'bytes' | 'databaseBytes' | 'sha256' | 'revision' | 'keys'
> {
  /** Of the state in it. */
  readonly kubernetesVersion?: string;
  /** The object, if the archive is in S3: the host has downloaded it, and `file` is `s3://BUCKET/KEY`. */
  readonly s3?: Omit<UploadedSnapshot, 'isDone'>;
}

/** Where a snapshot was uploaded to. */
export interface UploadedSnapshot {
  readonly endpoint: string;
  readonly bucket: string;
  readonly key: string;
  /** False if the upload failed. */
  readonly isDone: boolean;
}

export interface CertificateReason {
  readonly name: string;
  /** `missing`, `expires soon`, `expired`, `names differ`, `rotated`, … */
  readonly reason: string;
  /** Whole days until the old certificate expires, if that is the reason; negative if it has expired. */
  readonly daysLeft?: number;
}

/** An add-on that is not available yet. */
export interface UnavailableAddon {
  readonly addon: string;
  /** What it lacks, e.g. `Deployment metrics-server: 0 of 1 replicas available`. */
  readonly lacks: readonly string[];
}

/** What was compared and found as planned. */
export interface UnchangedCounts {
  readonly containers: number;
  readonly files: number;
  readonly addons: number;
}

/** Names one operation of the plan: `title` says it for people, e.g. "start kube-apiserver". */
export interface OperationRef {
  readonly operation: string;
  readonly title: string;
  readonly stage: string;
  readonly host?: string;
}

export interface EventError {
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
  readonly evidence?: readonly string[];
}

export interface RunError extends EventError {
  readonly host?: string;
}

/** Takes events. Synchronous; must not throw, so that telling can never fail a run. */
export interface EventSink {
  emit(event: EventPayload): void;
}
