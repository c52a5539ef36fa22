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
  #first: { readonly heartbeat: string; readonly renewal: string } | undefined;
  #renewal = '';
  #renewals = 0;

  /** @param startedAt of the kubelet's container, as Docker has it */
  constructor(startedAt: string | undefined) {
    this.#startedAt = Date.parse(startedAt ?? '');
  }

  /**
   * @param version that the kubelet must report, if it is another than before
   * @returns what is missing; undefined if the node's status is that of the new kubelet
   */
  missing(node: KubeObject, lease: KubeObject | undefined, version: string | undefined): string | undefined {
    const heartbeat = readyHeartbeat(node);
    const renewal = textAt(recordAt(lease ?? {}, 'spec'), 'renewTime');
    this.#first ??= { heartbeat, renewal };
    if (renewal !== this.#renewal && renewal !== this.#first.renewal) this.#renewals += 1;
    this.#renewal = renewal;
    const reported = kubeletVersion(node) ?? 'no version';
    if (!this.#isNew(heartbeat, renewal)) return 'the new kubelet has not reported yet';
    return version === undefined || isSameVersion(version, reported)
      ? undefined
      : `the kubelet reports ${reported}, expected ${version}`;
  }

  #isNew(heartbeat: string, renewal: string): boolean {
    if (heartbeat !== this.#first?.heartbeat || this.#renewals >= renewalsForStatus) return true;
    // Heartbeats have whole seconds, so one in the second of the start is checked against the Lease.
    const second = Math.floor(this.#startedAt / 1000) * 1000;
    const time = Date.parse(heartbeat);
    return time > second || (time === second && Date.parse(renewal) > this.#startedAt);
  }
}

function readyHeartbeat(node: KubeObject): string {
  const conditions = listAt(recordAt(node, 'status'), 'conditions');
  return textAt(conditions.find(({ type }) => type === 'Ready') ?? {}, 'lastHeartbeatTime');
}
