import { hash, stableStringify } from '../../core/stable.js';
import { objectRef } from '../../plan/addons/object-ref.js';
import type { PlacedObject } from '../../plan/addons/user/user-addon.js';
import { placedHash } from '../../plan/addons/user/user-record.js';
import type { Operation, OperationOf } from '../operations.js';

/** Replaces what only this run knows. */
export const contentOfThisRun = 'of this run';

/**
 * SHA-256 of what an operation does. Two runs that would do the same have the same digest: order, titles and time limits do not
 * count, and neither do keys and certificates that each of them would create for itself.
 *
 * @param created paths of the files that are different in every run
 */
export function digestOf(operation: Operation, created: ReadonlySet<string>): string {
  return hash('sha256', stableStringify(essenceOf(operation, created)));
}

/** Members of an operation that say when and how it is done, not what. */
const circumstances: ReadonlySet<string> = new Set([
  'after',
  'afterSome',
  'always',
  'covers',
  'ended',
  'stage',
  'timeoutSeconds',
  'title',
  'turn',
]);

function essenceOf(operation: Operation, created: ReadonlySet<string>): unknown {
  const members = Object.entries(operation).filter(([name]) => !circumstances.has(name));
  const essence = Object.fromEntries(members) as Record<string, unknown>;
  if (operation.kind === 'save-snapshot') return { kind: operation.kind, host: operation.host };
  if (operation.kind === 'drain-node')
    return { ...essence, options: { ...operation.options, timeoutSeconds: 0 } };
  if (operation.kind === 'copy-state') return { ...essence, text: contentOfThisRun };
  if (operation.kind === 'apply-user-addon') return { ...essence, ...essenceOfObjects(operation) };
  if (operation.kind !== 'put-files') return essence;
  return {
    ...essence,
    files: operation.files.map(({ path, content, mode, uid, gid }) => ({
      ...{ path, mode, uid, gid },
      content: created.has(path) ? contentOfThisRun : content,
    })),
  };
}

/** Objects and hooks; what a chart generates is another one in every rendering, so that its inputs count. */
function essenceOfObjects({ objects, release }: OperationOf<'apply-user-addon'>): object {
  const essences = (all: readonly PlacedObject[]): unknown[] =>
    all.map((placed) => [objectRef(placed.object), placedHash(placed)]);
  if (release === undefined) return { objects: essences(objects) };
  const { namespace, before, after } = release;
  return {
    objects: essences(objects),
    release: { namespace, before: essences(before), after: essences(after) },
  };
}
