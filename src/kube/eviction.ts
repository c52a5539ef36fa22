import { listAt, recordAt, textAt } from '../core/fields.js';
import type { ObjectRef } from '../plan/cluster-plan-types.js';
import { describeRef } from '../plan/addons/object-ref.js';
import { isSuccess } from './answers.js';
import { answerError, isBusy, parseStatus, statusText } from './api-error.js';
import type { HostAnswer } from './control-planes.js';

/** The body of an eviction (Kubernetes docs, "API-initiated Eviction"). Without a period, the pod's own counts. */
export function evictionOf(
  { namespace, name }: ObjectRef,
  { apiVersion, gracePeriodSeconds }: { readonly apiVersion: string; readonly gracePeriodSeconds: number },
): Record<string, unknown> {
  return {
    apiVersion,
    kind: 'Eviction',
    metadata: { name, namespace },
    ...(gracePeriodSeconds < 0 ? {} : { deleteOptions: { gracePeriodSeconds } }),
  };
}

/**
 * Reads the answer to an eviction.
 *
 * @returns undefined if the pod ends or is gone; otherwise why it may not be evicted now, with the PodDisruptionBudget's words
 * @throws RkeError for an answer that will not change
 */
export function readEviction(pod: ObjectRef, answer: HostAnswer): string | undefined {
  if (isSuccess(answer) || answer.status === 404) return undefined;
  // 429: a budget does not allow it, or the server is busy; 500: a pod with two budgets, or the server is starting.
  if (isBusy(answer.status) || isTerminating(answer)) return budgetCauses(answer)[0] ?? statusText(answer);
  throw answerError(`evict ${describeRef(pod)}`, answer, answer.host);
}

/** A pod of a namespace that is being deleted cannot be evicted, and will be gone. */
function isTerminating({ status, body }: HostAnswer): boolean {
  return status === 403 && body.includes('NamespaceTerminating');
}

/** The causes of a refused eviction name the budget and its numbers; the message itself does not. */
function budgetCauses({ body }: HostAnswer): string[] {
  const causes = listAt(recordAt(parseStatus(body) ?? {}, 'details'), 'causes');
  return causes
    .filter(({ reason }) => reason === 'DisruptionBudget')
    .map((cause) => textAt(cause, 'message'))
    .filter((message) => message !== '');
}
