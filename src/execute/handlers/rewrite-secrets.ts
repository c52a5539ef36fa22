import { kubeError, messageOf, RkeError } from '../../core/errors.js';
import { createLimiter } from '../../core/limit.js';
import type { ObjectRef } from '../../plan/cluster-plan-types.js';
import type { RunContext } from '../run-context.js';
import type { OnWaiting } from '../poll.js';

/** RKE's numbers (cluster/encryption.go:26): Secrets in a page, and those written at the same time. */
const pageSize = 250;
const atOnce = 5;

const secrets = { apiVersion: 'v1', kind: 'Secret' };

/**
 * Rewrites every Secret, so that it is stored with the current first key. An empty patch is enough: the API server writes an
 * object whose stored form differs from what it would store. Names are read first, page by page: contents are not kept, and
 * Secrets created afterwards are stored with the new key already.
 *
 * @throws RkeError SECRETS_NOT_REWRITTEN (exit 7) with the first that could not be written
 */
export async function rewriteSecrets(
  { kube, signal }: Pick<RunContext, 'kube' | 'signal'>,
  onWaiting: OnWaiting,
): Promise<void> {
  const refs: ObjectRef[] = [];
  for await (const page of kube.pages(secrets, { signal, size: pageSize, patient: true })) {
    for (const { metadata } of page)
      refs.push({ ...secrets, namespace: metadata.namespace ?? '', name: metadata.name });
    onWaiting(`${refs.length} found`);
  }
  const limited = createLimiter(atOnce);
  for (let done = 0; done < refs.length; done += pageSize) {
    const page = refs.slice(done, done + pageSize);
    await Promise.all(
      page.map((ref) => limited(() => rewrite(ref, { kube, signal }, `${done} of ${refs.length}`))),
    );
    onWaiting(`${done + page.length} of ${refs.length}`);
  }
}

async function rewrite(
  ref: ObjectRef,
  { kube, signal }: Pick<RunContext, 'kube' | 'signal'>,
  progress: string,
): Promise<void> {
  signal.throwIfAborted();
  try {
    await kube.mergePatch(ref, {}, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    // Deleted meanwhile.
    if (cause instanceof RkeError && cause.code === 'KUBE_NOT_FOUND') return;
    throw kubeError(
      'SECRETS_NOT_REWRITTEN',
      `after ${progress} Secrets, ${ref.namespace ?? ''}/${ref.name} could not be rewritten: ${messageOf(cause)}`,
      {
        fix: 'fix the cause that the API reports, then run the command again; until then all keys are kept, so every Secret stays readable',
        cause,
      },
    );
  }
}
