import { kubeError } from '../../core/errors.js';
import { recordAt, textAt } from '../../core/fields.js';
import type { KubeObject, ObjectRef } from '../../plan/cluster-plan-types.js';
import { poll, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';

const refOf = (name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'Namespace', name });

/** Pods of ingress-nginx get up to 300 s to end their requests, and the namespace ends after them. */
const deletionSeconds = 360;

/** Creates a Namespace if it does not exist, as `helm install --create-namespace`. It is never changed or deleted. */
export async function ensureNamespace(name: string, { kube, signal }: RunContext): Promise<void> {
  const found = await kube.get(refOf(name), { signal, patient: true });
  if (found === undefined) {
    await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, { signal });
    return;
  }
  if (isDeleted(found)) throw stillDeleted(name);
}

/**
 * Waits until a Namespace that is being deleted is gone: until then the API server creates nothing in it. Another run may have
 * deleted it a moment ago. @throws RkeError KUBE_CONFLICT
 */
export async function awaitNamespaceDeletion(
  name: string,
  { kube, signal, clock }: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const found = await kube.get(refOf(name), { signal, patient: true });
  if (found === undefined || !isDeleted(found)) return;
  const why = `namespace ${name} is being deleted`;
  const result = await poll<undefined>(
    async (limit) => {
      const current = await kube.get(refOf(name), { signal: limit });
      return current === undefined || !isDeleted(current)
        ? { done: true, value: undefined }
        : { done: false, why };
    },
    { clock, signal, onWaiting, timeoutSeconds: deletionSeconds },
  );
  if ('timedOut' in result) throw stillDeleted(name);
}

const isDeleted = (found: KubeObject): boolean =>
  textAt(recordAt(found, 'metadata'), 'deletionTimestamp') !== '';

const stillDeleted = (name: string): Error =>
  kubeError('KUBE_CONFLICT', `namespace ${name} is being deleted`, {
    fix: `check \`kubectl get namespace ${name} -o yaml\` for finalizers, then run \`rke up\` again`,
  });
