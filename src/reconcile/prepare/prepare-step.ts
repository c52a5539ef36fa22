/** What `rke prepare` can set on a host. The names are a contract (docs/prepare.md). */
export type PreparedPart =
  'kernel-modules' | 'docker-repository' | 'docker' | 'docker-service' | 'docker-group' | 'sysctl' | 'swap';

/** One change of a host, as plain data: shown before it is made. Repeating it does no harm. */
export interface PrepareStep {
  readonly part: PreparedPart;
  /** For people: `install Docker 20.10`. */
  readonly title: string;
  readonly why: string;
  /** Shell commands, run as root one after the other; the first one that fails ends the step. Never has a secret. */
  readonly commands: readonly string[];
  /** What is read afterwards, for people; while it does not hold, the step is planned. */
  readonly check: string;
  readonly limitSeconds: number;
  /** What usually helps if it fails. */
  readonly hint?: string;
}

/** What `rke prepare` leaves to the user. */
export interface ByHand {
  readonly part: PreparedPart | 'root';
  /** What was found. */
  readonly message: string;
  readonly why: string;
  /** What to do. */
  readonly fix: string;
}

export interface HostPreparation {
  /** In the order in which they are done. */
  readonly steps: readonly PrepareStep[];
  readonly byHand: readonly ByHand[];
}
