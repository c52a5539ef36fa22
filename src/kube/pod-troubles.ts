import { listAt, recordAt, textAt, type Fields } from '../core/fields.js';
import type { KubeObject } from '../plan/cluster-plan-types.js';

/** Why a pod is not ready: one line per container, or one for the pod; empty if it is ready. */
export function podTroubles(pod: KubeObject): string[] {
  const status = recordAt(pod, 'status');
  const { name } = pod.metadata;
  const containers = [...listAt(status, 'initContainerStatuses'), ...listAt(status, 'containerStatuses')];
  const troubles = containers.flatMap((container) => {
    const why = containerTrouble(container);
    return why === undefined ? [] : [`${name}/${textAt(container, 'name')}: ${why}`];
  });
  if (troubles.length > 0) return troubles;
  const condition = listAt(status, 'conditions').find((one) => one['status'] === 'False');
  if (condition === undefined || textAt(status, 'phase') === 'Succeeded') return [];
  return [`${name}: ${textOf(condition) || textAt(condition, 'type')}`];
}

/** A container that waits or crashes has a reason; one that runs and is not ready fails its probe. */
function containerTrouble(container: Fields): string | undefined {
  const state = recordAt(container, 'state');
  const waiting = recordAt(state, 'waiting');
  const ended = recordAt(state, 'terminated');
  const before = recordAt(recordAt(container, 'lastState'), 'terminated');
  if ('reason' in waiting) return [textOf(waiting), ...exitOf(before)].join('; ');
  if (Number(ended['exitCode'] ?? 0) !== 0) return exitOf(ended).join('');
  if (container['ready'] === false && 'running' in state)
    return ['running, but not ready', ...exitOf(before)].join('; ');
  return undefined;
}

function exitOf(terminated: Fields): string[] {
  if (!('exitCode' in terminated)) return [];
  return [`exited with code ${String(terminated['exitCode'])} ${textOf(terminated)}`.trim()];
}

/** Reason and message; a message may be a whole log. */
function textOf(fields: Fields): string {
  const parts = [
    textAt(fields, 'reason'),
    textAt(fields, 'message').trim().split('\n').at(-1)?.slice(0, 300) ?? '',
  ];
  return parts.filter((part) => part !== '').join(': ');
}
