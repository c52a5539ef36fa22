import type { Operation } from '../../reconcile/operations.js';
import { poll } from '../poll.js';
import type { RunContext } from '../run-context.js';

/** From 1.20 on the controller-manager puts the authority there for every pod that starts. */
const rootCa = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'kube-root-ca.crt' };

/**
 * Deletes pods so that their owners make them anew with the new authority, as soon as the cluster hands that one out. Where it
 * does not do so in time they are restarted all the same: they are of no use with the old one.
 */
export async function restartPods(
  { selectors, timeoutSeconds }: Extract<Operation, { kind: 'restart-pods' }>,
  context: RunContext,
  onWaiting: (why: string) => void,
): Promise<void> {
  const { kube, signal } = context;
  const wanted = context.certificates['kube-ca']?.certificatePEM.trim();
  await poll<undefined>(
    async (looking) => {
      const map = await kube.get(rootCa, { signal: looking });
      const published = map?.['data'] as { readonly 'ca.crt'?: string } | undefined;
      return map === undefined || published?.['ca.crt']?.trim() === wanted
        ? { done: true, value: undefined }
        : { done: false, why: 'the new authority is not handed out yet' };
    },
    { ...context, timeoutSeconds, onWaiting },
  );
  for (const labelSelector of selectors) {
    const pods = await kube.list({ apiVersion: 'v1', kind: 'Pod', labelSelector }, { signal });
    for (const { metadata } of pods) {
      const namespace = metadata.namespace ?? 'default';
      await kube.delete({ apiVersion: 'v1', kind: 'Pod', namespace, name: metadata.name }, { signal });
    }
  }
}
