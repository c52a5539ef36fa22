import { recordAt, textAt } from '../core/fields.js';
import type { CallOptions } from '../host/host.js';
import type { KubeObject, ObjectRef } from '../plan/cluster-plan-types.js';
import type { KubeReader } from './kube.js';
import { podTroubles } from './pod-troubles.js';

const maxLines = 10;
const maxEvents = 4;

/**
 * Why a workload is not available, for people: what each of its pods waits for or why it exited, then the latest warnings
 * about them and about the workload itself.
 *
 * @param ref a Deployment, DaemonSet, StatefulSet or Job; anything else has no pods and gives nothing
 * @returns at most ten lines
 * @throws RkeError if the API does not answer
 */
export async function explainWorkload(
  kube: Pick<KubeReader, 'get' | 'list'>,
  ref: ObjectRef,
  options: CallOptions,
): Promise<string[]> {
  const { namespace } = ref;
  if (namespace === undefined) return [];
  const workload = await kube.get(ref, options);
  const labelSelector = workload === undefined ? undefined : podSelector(workload);
  if (labelSelector === undefined) return [];
  const pods = await kube.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector }, options);
  const events = await kube.list(
    { apiVersion: 'v1', kind: 'Event', namespace, fieldSelector: 'type=Warning' },
    options,
  );
  const troubles = pods.length === 0 ? ['no pod was created'] : pods.flatMap(podTroubles);
  const warnings = latestWarnings(events, [ref.name, ...pods.map(({ metadata }) => metadata.name)]);
  return [...troubles.slice(0, maxLines - warnings.length), ...warnings];
}

/** All workloads of rke select by labels only. */
function podSelector(workload: KubeObject): string | undefined {
  const labels = Object.entries(recordAt(recordAt(recordAt(workload, 'spec'), 'selector'), 'matchLabels'));
  return labels.length === 0
    ? undefined
    : labels.map(([label, value]) => `${label}=${String(value)}`).join(',');
}

/** One line per message, the newest last; events that repeat are one object already. */
function latestWarnings(events: readonly KubeObject[], names: readonly string[]): string[] {
  const wanted = new Set(names);
  const lines = events
    .map((event) => ({
      name: textAt(recordAt(event, 'involvedObject'), 'name'),
      time: textAt(event, 'lastTimestamp'),
      event,
    }))
    .filter(({ name }) => wanted.has(name))
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    .map(
      ({ name, event }) => `${name}: ${textAt(event, 'reason')}: ${textAt(event, 'message').slice(0, 300)}`,
    );
  return [...new Set(lines)].slice(-maxEvents);
}
