import { kubeError } from '../../core/errors.js';
import { recordAt, textAt } from '../../core/fields.js';
import type { ObjectRef } from '../../plan/cluster-plan-types.js';
import type { RunContext } from '../run-context.js';

/** Creates a Namespace if it does not exist, as `helm install --create-namespace`. It is never changed or deleted. */
export async function ensureNamespace(name: string, { kube, signal }: RunContext): Promise<void> {
  const ref: ObjectRef = { apiVersion: 'v1', kind: 'Namespace', name };
  const found = await kube.get(ref, { signal, patient: true });
  if (found === undefined) {
    await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, { signal });
    return;
  }
  if (textAt(recordAt(found, 'metadata'), 'deletionTimestamp') === '') return;
  throw kubeError('KUBE_CONFLICT', `namespace ${name} is being deleted`, {
    fix: `check \`kubectl get namespace ${name} -o yaml\` for finalizers, then run \`rke up\` again`,
  });
}
