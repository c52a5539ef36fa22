import type { EventError } from '../../core/events.js';
import type { HostPreparation } from '../../reconcile/prepare/prepare-step.js';

/** What `rke prepare -o json` prints: the names are a contract (docs/prepare.md). */
export interface PreparePlan {
  /** Path of the cluster file. */
  readonly config: string;
  readonly cluster: string;
  /** The hosts that were reached. */
  readonly hosts: readonly PreparedHost[];
  /** Hosts that were not reached, or could not be examined, and why. */
  readonly unreached: readonly ({ readonly host: string } & EventError)[];
}

export interface PreparedHost extends HostPreparation {
  readonly address: string;
  /** Name of its node. */
  readonly name: string;
  /** For people: `Debian GNU/Linux 12 (bookworm)`. */
  readonly distribution: string;
  /** Who logs in; steps are done as root, with sudo if that is another user. */
  readonly user: string;
}
