import { kubeError, RkeError } from '../../core/errors.js';
import { recordAt, type Fields } from '../../core/fields.js';
import { isRecord } from '../../core/stable.js';
import { adoptManagedFields } from '../../plan/addons/managed-fields.js';
import { describeRef, objectRef } from '../../plan/addons/object-ref.js';
import type { KubeObject, ObjectRef } from '../../plan/cluster-plan-types.js';
import type { RunContext } from '../run-context.js';
import { deleteObject, deletionSeconds } from './delete-object.js';

type Context = Pick<RunContext, 'kube' | 'signal' | 'clock'>;

/** Applies an object of an add-on, whether it exists from RKE v1, from an earlier run, or not at all. */
export async function applyObject(object: KubeObject, context: Context): Promise<void> {
  const ref = objectRef(object);
  // A Job cannot be changed; RKE deletes those of the ingress as well before it applies them (cluster/addons.go:641).
  if (object.kind === 'Job') await deleteJob(ref, context);
  else await prepareObject(object, context);
  await context.kube.apply(object, { signal: context.signal });
}

async function deleteJob(ref: ObjectRef, context: Context): Promise<void> {
  const why = await deleteObject(ref, context);
  if (why === undefined) return;
  const { namespace = '', name } = ref;
  throw kubeError(
    'ADDON_NOT_AVAILABLE',
    `${describeRef(ref)} was not deleted within ${deletionSeconds}s: ${why}`,
    {
      fix: `check \`kubectl -n ${namespace} get job ${name} -o yaml\` for finalizers, then run \`rke up\` again`,
    },
  );
}

/** How often an object may change in between. */
const attempts = 5;

/**
 * Prepares an object that exists for being applied: takes over the fields that RKE v1 applied, so that those that are no longer
 * planned are removed, and removes defaults of the API that the new values do not allow.
 */
export async function prepareObject(object: KubeObject, { kube, signal }: Context): Promise<void> {
  const ref = objectRef(object);
  for (let attempt = 1; ; attempt += 1) {
    const found = await kube.get(ref, { signal, patient: true });
    if (found === undefined) return;
    const managedFields = adoptManagedFields(found);
    const spec = dropRollingUpdate(object, found);
    if (managedFields === undefined && spec === undefined) return;
    const { resourceVersion } = found.metadata;
    const metadata = { resourceVersion, ...(managedFields === undefined ? {} : { managedFields }) };
    try {
      await kube.mergePatch(ref, { metadata, ...(spec === undefined ? {} : { spec }) }, { signal });
      return;
    } catch (error) {
      const isChanged = error instanceof RkeError && error.code === 'KUBE_CONFLICT';
      if (!isChanged || attempt === attempts) throw error;
    }
  }
}

/**
 * The change of a Deployment that becomes `Recreate`. The API has set `maxSurge` and `maxUnavailable` by itself, they belong to
 * no manager, so that applying does not remove them; and it refuses them beside `Recreate`.
 */
function dropRollingUpdate(object: KubeObject, found: KubeObject): Record<string, unknown> | undefined {
  const strategyOf = ({ spec }: KubeObject): Fields => recordAt(isRecord(spec) ? spec : {}, 'strategy');
  if (object.kind !== 'Deployment' || strategyOf(object)['type'] !== 'Recreate') return undefined;
  return strategyOf(found)['rollingUpdate'] === undefined
    ? undefined
    : { strategy: { type: 'Recreate', rollingUpdate: null } };
}
