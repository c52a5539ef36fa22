import type { ObjectRef } from '../../plan/cluster-plan-types.js';
import { poll } from '../poll.js';
import type { RunContext } from '../run-context.js';

export const deletionSeconds = 60;

/**
 * Deletes an object and waits until it is gone, so that another one can have its name.
 *
 * @returns undefined if it is gone; otherwise why it still exists
 */
export async function deleteObject(
  ref: ObjectRef,
  { kube, signal, clock }: Pick<RunContext, 'kube' | 'signal' | 'clock'>,
): Promise<string | undefined> {
  await kube.delete(ref, { signal });
  const result = await poll<undefined>(
    async (limit) =>
      (await kube.get(ref, { signal: limit })) === undefined
        ? { done: true, value: undefined }
        : { done: false, why: 'it still exists' },
    { clock, signal, timeoutSeconds: deletionSeconds },
  );
  return 'value' in result ? undefined : result.timedOut;
}
