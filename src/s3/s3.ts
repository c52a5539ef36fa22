import type { S3Backup } from '../config/cluster-spec.js';
import type { CallOptions, HostReader } from '../host/host.js';

/** An object in a bucket. */
export interface S3Object {
  readonly key: string;
  readonly bytes: number;
  /** Seconds since 1970, by the clock of the service. */
  readonly modifiedAt: number;
}

export interface S3Listing {
  readonly objects: readonly S3Object[];
  /** Seconds since 1970, by the clock of the service; undefined if it sends none. */
  readonly time: number | undefined;
}

/**
 * Lists and deletes objects in a bucket. Requests are sent from a host, through its SSH connection and with TLS up to the
 * service: its network and name resolution apply, the keys stay on this machine. Snapshots themselves are never transferred by
 * it. Every request has a time limit.
 *
 * All throw an Error whose message has the code of S3 (`NoSuchBucket: …`) or the cause, or the signal's reason when it is aborted.
 */
export interface S3Api {
  /** Objects whose key begins with `prefix` and has no `/` after it. */
  list(
    host: HostReader,
    bucket: S3Backup,
    options: CallOptions & { readonly prefix: string },
  ): Promise<S3Listing>;
  /** No error if there is no such object. */
  remove(host: HostReader, bucket: S3Backup, options: CallOptions & { readonly key: string }): Promise<void>;
}
