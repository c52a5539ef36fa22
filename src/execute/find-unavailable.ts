import { withDeadline } from '../core/deadline.js';
import { messageOf } from '../core/errors.js';
import type { UnavailableAddon } from '../core/events.js';
import type { CallOptions } from '../host/host.js';
import type { KubeApi } from '../kube/kube.js';
import type { ObjectRef } from '../plan/cluster-plan-types.js';
import { objectReadiness } from '../reconcile/diff/readiness.js';
import type { UnawaitedAddon } from '../reconcile/order/addon-waits.js';

/** One look at the end of a run must not hold it up. */
const lookMilliseconds = 5000;

/**
 * Looks once which add-ons are not available. One that cannot be read counts as not available, with the reason.
 *
 * @throws the signal's reason when it is aborted
 */
export async function findUnavailable(
  addons: readonly UnawaitedAddon[],
  { kube, signal }: { readonly kube: Pick<KubeApi, 'get'>; readonly signal: AbortSignal },
): Promise<UnavailableAddon[]> {
  const looks = addons.map(async ({ name, awaits }): Promise<UnavailableAddon[]> => {
    const lacks = await withDeadline({ milliseconds: lookMilliseconds, signal }, (limit) =>
      listMissing(awaits, kube, { signal: limit }),
    ).catch((error: unknown) => [`cannot be read (${messageOf(error)})`]);
    return lacks.length === 0 ? [] : [{ addon: name, lacks }];
  });
  const found = await Promise.all(looks);
  signal.throwIfAborted();
  return found.flat();
}

/** Lists what is not available, with the reason: `Deployment metrics-server: 0 of 1 replicas available`. */
export async function listMissing(
  awaits: readonly ObjectRef[],
  kube: Pick<KubeApi, 'get'>,
  options: CallOptions,
): Promise<string[]> {
  const missing: string[] = [];
  for (const ref of awaits) {
    const object = await kube.get(ref, options);
    const { ready, reason } =
      object === undefined ? { ready: false, reason: 'not found yet' } : objectReadiness(object);
    if (!ready) missing.push(`${ref.kind} ${ref.name}: ${reason}`);
  }
  return missing;
}
