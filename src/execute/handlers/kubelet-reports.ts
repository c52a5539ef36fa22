import { listAt, recordAt, textAt } from '../../core/fields.js';
import type { KubeObject } from '../../plan/cluster-plan-types.js';
import { isSameVersion, kubeletVersion } from '../../reconcile/intents/node-operations.js';

/** Renewals of the Lease within which a kubelet has reported its status at least once: both happen every 10 s. */
const renewalsForStatus = 2;

/**
 * Distinguishes what a restarted kubelet reports from what the previous one left. Only times of one clock are compared:
 * the container's start, the heartbeat and the Lease all come from the host itself. If its clock was set back meanwhile, or
 * the start is not known, changes that are seen from now on count: the old kubelet makes none.
 */
export class KubeletReports {
  readonly #startedAt: number;
  #firstHeartbeat: string | undefined;
  #renewal: string | undefined;
  #renewals = 0;

  /** @param startedAt of the kubelet's container, as Docker has it */
  constructor(startedAt: string | undefined) {
    this.#startedAt = Date.parse(startedAt ?? '');
  }

  /** True if a state of the node was judged, with which later ones are compared. */
  get hasSeen(): boolean {
    return this.#firstHeartbeat !== undefined;
  }

  /**
   * @param readLease the Lease is read only if the heartbeat alone does not show it
   * @param version that the kubelet must report, if it is another than before
   * @returns what is missing; undefined if the node's status is that of the new kubelet
   */
  async missing(
    node: KubeObject,
    readLease: () => Promise<KubeObject | undefined>,
    version: string | undefined,
  ): Promise<string | undefined> {
    const heartbeat = readyHeartbeat(node);
    this.#firstHeartbeat ??= heartbeat;
    const reported = kubeletVersion(node) ?? 'no version';
    if (!this.#isNewer(heartbeat) && !this.#isRenewed(heartbeat, await readLease()))
      return 'the new kubelet has not reported yet';
    return version === undefined || isSameVersion(version, reported)
      ? undefined
      : `the kubelet reports ${reported}, expected ${version}`;
  }

  #isNewer(heartbeat: string): boolean {
    return heartbeat !== this.#firstHeartbeat || Date.parse(heartbeat) > this.#startSecond;
  }

  /** Heartbeats have whole seconds, so one in the second of the start is checked against the Lease. */
  #isRenewed(heartbeat: string, lease: KubeObject | undefined): boolean {
    const renewal = textAt(recordAt(lease ?? {}, 'spec'), 'renewTime');
    if (this.#renewal !== undefined && renewal !== this.#renewal) this.#renewals += 1;
    this.#renewal = renewal;
    if (this.#renewals >= renewalsForStatus) return true;
    return Date.parse(heartbeat) === this.#startSecond && Date.parse(renewal) > this.#startedAt;
  }

  get #startSecond(): number {
    return Math.floor(this.#startedAt / 1000) * 1000;
  }
}

function readyHeartbeat(node: KubeObject): string {
  const conditions = listAt(recordAt(node, 'status'), 'conditions');
  return textAt(conditions.find(({ type }) => type === 'Ready') ?? {}, 'lastHeartbeatTime');
}
