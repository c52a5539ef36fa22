import type { OperationOf } from '../../reconcile/operations.js';
import { listAt, recordAt, textAt } from '../../core/fields.js';
import type { KubeObject } from '../../plan/cluster-plan-types.js';
import type { ReadOptions } from '../../kube/kube.js';
import { poll, type Look, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';

/** Since 1.20 the controller-manager publishes the CA there for every pod that starts. */
const rootCa = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'kube-root-ca.crt' };

/** How long pods may take to become Ready: the first readiness probe of metrics-server runs after 20 s. */
const backSeconds = 120;

/**
 * Deletes pods so that their owners recreate them with the new CA, as soon as the cluster publishes it, and waits until as many
 * are Ready as before. If the CA is not published in time they are deleted anyway: with the old one they do not work.
 * Pods that do not come back are reported as a warning: the CA itself is in place.
 */
export async function restartPods(
  { selectors, timeoutSeconds }: OperationOf<'restart-pods'>,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  await poll((looking) => checkPublishedCa(context, looking), { ...context, timeoutSeconds, onWaiting });
  const before = await podsOf(selectors, context, { signal: context.signal, patient: true });
  for (const { metadata } of before) {
    const namespace = metadata.namespace ?? 'default';
    const { kube, signal } = context;
    await kube.delete({ apiVersion: 'v1', kind: 'Pod', namespace, name: metadata.name }, { signal });
  }
  const old = new Set(before.map(uidOf));
  const wanted = before.filter(isReady).length;
  const back = await poll<undefined>(
    async (looking) => {
      const now = await podsOf(selectors, context, { signal: looking });
      const ready = now.filter((pod) => !old.has(uidOf(pod)) && isReady(pod)).length;
      return ready >= wanted
        ? { done: true, value: undefined }
        : { done: false, why: `${ready} of ${wanted} pods are back` };
    },
    { ...context, timeoutSeconds: backSeconds, onWaiting },
  );
  if ('timedOut' in back)
    context.events.emit({
      type: 'warning',
      message: `${back.timedOut} after ${backSeconds} s; check kubectl get pods -A`,
    });
}

async function checkPublishedCa(
  { kube, certificates }: RunContext,
  signal: AbortSignal,
): Promise<Look<undefined>> {
  const map = await kube.get(rootCa, { signal });
  const published = textAt(recordAt(map ?? {}, 'data'), 'ca.crt').trim();
  return map === undefined || published === certificates['kube-ca']?.certificatePEM.trim()
    ? { done: true, value: undefined }
    : { done: false, why: 'the pods cannot read the new CA yet' };
}

async function podsOf(
  selectors: readonly string[],
  { kube }: RunContext,
  options: ReadOptions,
): Promise<KubeObject[]> {
  const lists: KubeObject[] = [];
  for (const labelSelector of selectors)
    lists.push(...(await kube.list({ apiVersion: 'v1', kind: 'Pod', labelSelector }, options)));
  return lists;
}

const uidOf = ({ metadata }: KubeObject): string | undefined => metadata.uid;

function isReady(pod: KubeObject): boolean {
  const conditions = listAt(recordAt(pod, 'status'), 'conditions');
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
