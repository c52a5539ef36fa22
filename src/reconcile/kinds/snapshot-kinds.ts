import type { ContainerSpec, S3Target } from '../../plan/cluster-plan-types.js';

/** Takes a snapshot of etcd on the host, and checks the archive. */
export interface SaveSnapshot {
  readonly kind: 'save-snapshot';
  readonly name: string;
  /** Takes the snapshot and ends. */
  readonly container: ContainerSpec;
  readonly timeoutSeconds: number;
  /** Text of the state that the archive gets; absent if there is none. */
  readonly state?: string;
  /** Where the archive is uploaded to; absent without S3. */
  readonly s3?: S3Target;
  /** What to do without it, as a clause of the fix of its errors; absent if it is all that the run does. */
  readonly wayOut?: string;
}
