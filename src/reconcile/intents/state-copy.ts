import { isSameStateCopy, stateCopyLimit } from '../../plan/state-copy.js';
import type { ObservedCluster } from '../observed.js';
import { apiAnswers } from '../operation-ids.js';
import type { Operation, OperationId, OperationPlan, OperationOf } from '../operations.js';

/** Texts of the state, as compact JSON. */
export interface StateTexts {
  /** As it is on disk while the run works: new keys, and what the last finished run left. */
  readonly before: string;
  /** As it is when the run has ended. */
  readonly after: string;
}

/**
 * Adds the operations that write the copy of the state in the cluster: as soon as the API answers, since it has the keys that
 * the hosts get, and again at the end with what the run has done, whatever becomes of user add-ons. Nothing is written if the copy is the same, or
 * too large for a Secret.
 */
export function addStateCopies(
  plan: OperationPlan,
  { before, after }: StateTexts,
  observed: ObservedCluster,
): OperationPlan {
  const ids = plan.operations.filter(({ kind }) => kind !== 'apply-user-addon').map(({ id }) => id);
  const isOneWrite = ids.length === 0 || before === after;
  const early = copyState(
    'state',
    isOneWrite ? after : before,
    ids.filter((id) => id === apiAnswers),
  );
  const wanted = isOneWrite ? [early] : [early, copyState('state:end', after, ids)];
  const copy = observed.kube?.stateCopy;
  const writes: Operation[] = [];
  // A ConfigMap of old versions becomes a Secret with the first change; a run that has none leaves the cluster untouched.
  let known = copy?.isOld === true && ids.length > 0 ? undefined : copy?.text;
  for (const write of wanted) {
    if (isSameStateCopy(known, write.text) || !isCopyable(write.text)) continue;
    known = write.text;
    writes.push({ ...write, after: [...write.after, ...writes.map(({ id }) => id)] });
  }
  return { ...plan, operations: [...plan.operations, ...writes] };
}

/**
 * True if the copy in the cluster is this text after a run, complete or not.
 *
 * @param isDone of an operation of the plan, by its id
 */
export function isCopied(
  { operations }: Pick<OperationPlan, 'operations'>,
  text: string,
  { observed, isDone }: { readonly observed: ObservedCluster; readonly isDone: (id: OperationId) => boolean },
): boolean {
  const writes = operations.filter((one) => one.kind === 'copy-state');
  if (writes.length === 0) return isSameStateCopy(observed.kube?.stateCopy?.text, text);
  return writes.every(({ id }) => isDone(id)) && writes.at(-1)?.text === text;
}

/** True if the state fits into a Secret. */
export function isCopyable(text: string): boolean {
  return Buffer.byteLength(text, 'utf8') <= stateCopyLimit;
}

function copyState(id: OperationId, text: string, after: readonly OperationId[]): OperationOf<'copy-state'> {
  const title = 'keep a copy of the state in the cluster';
  return { id, stage: 'state', title, after, kind: 'copy-state', text };
}
