import type { Change } from '../../reconcile/description/change.js';
import type { OperationKind } from '../../reconcile/operations.js';
import { oneLine } from '../style.js';

/** `+` for what is new, `-` for what is removed, `~` for what is changed. */
export type Mark = '+' | '~' | '-';

/** The mark of a change. */
export function markOf({ action }: Pick<Change, 'action'>): Mark {
  if (action === 'create' || action === 'pull' || action === 'add') return '+';
  return action === 'remove' ? '-' : '~';
}

/** What a kind of change is counted as: `2 containers to replace`. */
export const countedAs: Readonly<Partial<Record<OperationKind, readonly [noun: string, verb: string]>>> = {
  'create-container': ['container', 'create'],
  'replace-container': ['container', 'replace'],
  'restart-container': ['container', 'restart'],
  'start-container': ['container', 'start'],
  'remove-container': ['container', 'remove'],
  'save-snapshot': ['snapshot', 'save'],
  'put-files': ['file', 'write'],
  'remove-file': ['file', 'remove'],
  'pull-image': ['image', 'pull'],
  'sync-node': ['node', 'label'],
  'cordon-node': ['node', 'cordon'],
  'uncordon-node': ['node', 'uncordon'],
  'drain-node': ['node', 'drain'],
  'delete-node': ['node', 'remove'],
  'add-member': ['etcd member', 'add'],
  'remove-member': ['etcd member', 'remove'],
  'apply-addon': ['add-on', 'apply'],
  'remove-addon': ['add-on', 'remove'],
  'run-hook': ['hook', 'run'],
};

/** `replace kube-apiserver`, `write 3 files`. */
export function headOf({ kind, action, target, details }: Change): string {
  const what = kind === 'put-files' ? `${details.length} ${details.length === 1 ? 'file' : 'files'}` : target;
  return oneLine(`${action} ${what}`);
}

/** Why it is done, what it interrupts and what is lost, as far as there is anything to say. */
export function notesOf({ kind, reason, interrupts, atATime, destructive }: Change): string[] {
  // The fields say it.
  const isSaid = kind === 'replace-container' || reason === '';
  const turns = atATime === undefined ? '' : `, ${atATime === 1 ? 'one host' : `${atATime} hosts`} at a time`;
  return [
    ...(isSaid ? [] : [reason]),
    ...(interrupts === undefined ? [] : [`${interrupts}${turns}`]),
    ...(destructive === undefined ? [] : [`! ${destructive}`]),
  ].map(oneLine);
}

/** The old and new values of a change: one text for each, without line breaks. */
export function detailsOf({ details }: Pick<Change, 'details'>): string[] {
  return details.flatMap(({ field, removed, added }) => {
    const label = field === 'entrypoint' || field === 'cmd' ? 'args' : field;
    return pairValues(removed, added).map((value) => oneLine(`${label}: ${value}`));
  });
}

/** `--v=2 → 4` for two values of one name; `+ new` and `- old` for the others. A single pair belongs together in any case. */
function pairValues(removed: readonly string[], added: readonly string[]): string[] {
  const [old, wanted] = [removed[0], added[0]];
  if (old !== undefined && wanted !== undefined && removed.length + added.length === 2)
    return [nameOf(old) === nameOf(wanted) ? changed(old, wanted) : `${old} → ${wanted}`];
  const rest = [...added];
  const pairs = removed.map((value) => {
    const index = rest.findIndex((other) => nameOf(other) !== undefined && nameOf(other) === nameOf(value));
    const [other] = index < 0 ? [] : rest.splice(index, 1);
    return other === undefined ? `- ${value}` : changed(value, other);
  });
  return [...pairs, ...rest.map((value) => `+ ${value}`)];
}

/** The part before `=`; undefined without one. */
function nameOf(value: string): string | undefined {
  const at = value.indexOf('=');
  return at < 1 ? undefined : value.slice(0, at);
}

function changed(old: string, wanted: string): string {
  const name = nameOf(wanted);
  return name === undefined ? `${old} → ${wanted}` : `${old} → ${wanted.slice(name.length + 1)}`;
}
