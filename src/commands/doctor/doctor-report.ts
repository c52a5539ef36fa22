import type { CheckName } from '../../reconcile/checks/check-result.js';
import type { StatusFinding } from '../status/cluster-status.js';

/** What is examined. The names are a contract (docs/doctor.md). */
export type ExaminedPart =
  | CheckName
  | 'ssh'
  | 'forwarding'
  | 'docker-access'
  | 'docker-version'
  | 'ports'
  | 'images'
  | 'state'
  | 'containers'
  | Exclude<StatusFinding['part'], 'host' | 'container'>;

/** What `rke doctor -o json` prints: the names are a contract. */
export interface DoctorReport {
  /** Path of the cluster file. */
  readonly config: string;
  readonly cluster: string;
  readonly hosts: readonly ExaminedHost[];
  /** Errors first. */
  readonly findings: readonly DoctorFinding[];
  /** What could not be examined, and why. */
  readonly notExamined: readonly { readonly part: ExaminedPart; readonly reason: string }[];
}

export interface ExaminedHost {
  readonly address: string;
  /** Name of its node. */
  readonly name: string;
  /** `error`: something does not work, or stops `rke up`; `unreachable`: not even that is known. */
  readonly status: 'ok' | 'warning' | 'error' | 'unreachable';
}

export interface DoctorFinding {
  readonly part: ExaminedPart;
  readonly severity: 'error' | 'warning';
  /** Address of the host; absent for the cluster as a whole. */
  readonly host?: string;
  /** The error code that `rke up` would have, if it would fail. */
  readonly code?: string;
  /** What was found. */
  readonly message: string;
  /** Why it matters. */
  readonly why: string;
  /** What to do. */
  readonly fix: string;
}
