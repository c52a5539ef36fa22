import type { S3Backup } from '../../config/cluster-spec.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';

/** Takes a snapshot of etcd on the host, and checks the archive. */
export interface SaveSnapshot {
  readonly kind: 'save-snapshot';
  readonly name: string;
  /** Takes the snapshot and ends; without S3. */
  readonly container: ContainerSpec;
  readonly timeoutSeconds: number;
  /** Text of the state that the archive gets; absent if there is none. */
  readonly state?: string;
  /** Where the archive is uploaded to; absent without S3. */
  readonly s3?: S3Backup;
  /** What to do without it, as a clause of the fix of its errors; absent if it is all that the run does. */
  readonly wayOut?: string;
}

/** Downloads the archive of a snapshot from S3 to the host, and checks it; an archive of this name there is replaced then. */
export interface DownloadSnapshot {
  readonly kind: 'download-snapshot';
  readonly name: string;
  /** Downloads the archive and ends; without S3. */
  readonly container: ContainerSpec;
  readonly timeoutSeconds: number;
  readonly s3: S3Backup;
}

/** Checks the archive of a snapshot on the host. */
export interface VerifySnapshot {
  readonly kind: 'verify-snapshot';
  readonly name: string;
  /** The container that takes snapshots: the check uses its image, labels of SELinux and mount. */
  readonly container: ContainerSpec;
  readonly timeoutSeconds: number;
}

/** Downloads the archive of a snapshot from S3 to the host, checks it, and removes what was downloaded. */
export interface VerifyS3Snapshot {
  readonly kind: 'verify-s3-snapshot';
  readonly name: string;
  /** Downloads the archive and ends; without S3. */
  readonly container: ContainerSpec;
  readonly timeoutSeconds: number;
  readonly s3: S3Backup;
  /** Modification time of the object, in seconds since 1970. */
  readonly modifiedAt: number;
}

/** Deletes archives on the host. */
export interface DeleteSnapshots {
  readonly kind: 'delete-snapshots';
  readonly names: readonly string[];
  /** The container that takes snapshots: the helper uses its image, labels of SELinux and mount. */
  readonly container: ContainerSpec;
}

/** Deletes one object from the bucket, by its exact name. */
export interface DeleteS3Snapshot {
  readonly kind: 'delete-s3-snapshot';
  /** Name of the object in the folder. */
  readonly file: string;
  readonly s3: S3Backup;
}
