import { kubeError } from '../../core/errors.js';
import { objectKey } from '../../plan/addons/user/assemble-addons.js';
import {
  parseUserRecords,
  recordObject,
  userRecordPatch,
  userRecordsObject,
  userRecordsRef,
  type RecordedObject,
} from '../../plan/addons/user/user-record.js';
import { objectRef } from '../../plan/addons/object-ref.js';
import type { OperationOf } from '../../reconcile/operations.js';
import type { RunContext } from '../run-context.js';
import type { OnWaiting } from '../poll.js';
import { applyPlaced } from './apply-placed.js';
import { ensureNamespace } from './ensure-namespace.js';
import { pruneObjects } from './prune-objects.js';
import { runHelmHooks } from './run-helm-hooks.js';

/**
 * Applies the objects of a user add-on and deletes those that it no longer has. The inventory is written before and after: whatever
 * happens in between, it lists everything that may be in the cluster. Nothing is deleted unless all objects were applied.
 *
 * A Helm release is applied between its hooks.
 *
 * @throws RkeError HELM_HOOK_FAILED; ADDON_OBJECTS_FAILED with every object that failed, its place in the file and the reason
 */
export async function applyUserAddon(
  operation: OperationOf<'apply-user-addon'>,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { name, objects, prune, leftByRke, release, timeoutSeconds } = operation;
  const { kube, signal } = context;
  const inventory = new Map((await readKnown(operation, context)).map((one) => [objectKey(one), one]));
  for (const { object } of objects) {
    const pending: RecordedObject = { ...objectRef(object), hash: '' };
    inventory.set(objectKey(pending), pending);
  }
  const write = async (): Promise<void> => {
    await kube.apply(userRecordsObject(), { signal });
    await kube.mergePatch(userRecordsRef, userRecordPatch(name, { objects: [...inventory.values()] }), {
      signal,
    });
  };
  await write();
  if (release?.namespace !== undefined) await ensureNamespace(release.namespace, context);
  await runHelmHooks(release?.before ?? [], context, { timeoutSeconds, onWaiting });
  const failed = await applyPlaced(operation, context, onWaiting);
  // If one fails, the inventory says that nothing is applied: the next run applies all of it again, and runs the hooks.
  if (failed.length === 0) await runHelmHooks(release?.after ?? [], context, { timeoutSeconds, onWaiting });
  const failedObjects = new Set(failed.map(({ object }) => object));
  for (const placed of objects)
    if (!failedObjects.has(placed.object))
      inventory.set(objectKey(objectRef(placed.object)), recordObject(placed));
  const { deleted, faults: left } =
    failed.length > 0 ? { deleted: [], faults: [] } : await pruneObjects(operation, context, onWaiting);
  for (const ref of deleted) inventory.delete(objectKey(ref));
  await write();
  if (failed.length > 0)
    throw notApplied(
      operation,
      failed.map(({ fault }) => fault),
    );
  if (left.length > 0) throw notDeleted(name, prune.length, left);
  for (const ref of leftByRke) await kube.delete(ref, { signal });
}

/** The inventory; of a cluster that could not be read when the run was planned, it is read now. */
async function readKnown(
  { name, known }: OperationOf<'apply-user-addon'>,
  { kube, signal }: RunContext,
): Promise<readonly RecordedObject[]> {
  if (known !== undefined) return known;
  const secret = await kube.get(userRecordsRef, { signal, patient: true });
  return parseUserRecords(secret).get(name)?.objects ?? [];
}

function notApplied({ name, objects }: OperationOf<'apply-user-addon'>, faults: readonly string[]): Error {
  return kubeError(
    'ADDON_OBJECTS_FAILED',
    `${name}: ${faults.length} of ${objects.length} objects could not be applied; the others are`,
    { fix: 'fix them, then run `rke up` again; nothing was deleted', faults },
  );
}

function notDeleted(name: string, all: number, faults: readonly string[]): Error {
  return kubeError(
    'ADDON_OBJECTS_FAILED',
    `${name}: ${faults.length} of ${all} objects could not be deleted`,
    { fix: 'fix the cause, then run `rke up` again: it deletes the rest', faults },
  );
}
