import { kubeError, messageOf } from '../core/errors.js';
import type { CallOptions } from '../host/host.js';
import type { KubeApi, KubeReader } from '../kube/kube.js';
import { oldStateCopyRef, encodeStateCopy, stateCopyRef, decodeStateCopy } from '../plan/state-copy.js';
import type { ObservedStateCopy } from '../reconcile/observed.js';

/**
 * Reads the copy of the state in the cluster: the Secret, or else the ConfigMap of old versions.
 *
 * @returns undefined if there is neither
 * @throws RkeError if no API answers, or it refuses
 */
export async function readStateCopy(
  kube: Pick<KubeReader, 'get'>,
  options: CallOptions,
): Promise<ObservedStateCopy | undefined> {
  const [secret, configMap] = await Promise.all([
    kube.get(stateCopyRef, options),
    kube.get(oldStateCopyRef, options),
  ]);
  if (secret === undefined && configMap === undefined) return undefined;
  return { text: decodeStateCopy(secret ?? configMap), isOld: configMap !== undefined };
}

/**
 * Writes the copy if it differs, and deletes the ConfigMap of old versions, whose keys every user of the cluster could read.
 *
 * @throws RkeError STATE_COPY_FAILED (exit 7): the state file next to cluster.yml is complete
 */
export async function writeStateCopy(
  kube: Pick<KubeApi, 'get' | 'apply' | 'delete'>,
  text: string,
  options: CallOptions,
): Promise<void> {
  try {
    // The API may have started a moment ago and still refuse.
    if (decodeStateCopy(await kube.get(stateCopyRef, { ...options, patient: true })) !== text)
      await kube.apply(encodeStateCopy(text), options);
    await kube.delete(oldStateCopyRef, options);
  } catch (cause) {
    options.signal.throwIfAborted();
    throw kubeError(
      'STATE_COPY_FAILED',
      `the copy of the state was not written into the cluster: ${messageOf(cause)}`,
      {
        fix: 'fix the cause that the API reports, then run the command again; the state file is complete: keep it safe until then',
        cause,
      },
    );
  }
}
