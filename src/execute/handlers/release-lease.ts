import { withDeadline } from '../../core/deadline.js';
import { recordAt, textAt } from '../../core/fields.js';
import type { LeaseRelease } from '../../reconcile/kinds/container-kinds.js';
import type { RunContext } from '../run-context.js';

const releaseMilliseconds = 3000;

/**
 * Releases the Lease of a leader whose process has stopped. If another process holds it, or takes it meanwhile, nothing changes. A
 * failure costs time only: the Lease expires.
 */
export async function releaseLease(
  { lease, hostname }: LeaseRelease,
  { kube }: Pick<RunContext, 'kube'>,
): Promise<void> {
  const release = async (signal: AbortSignal): Promise<void> => {
    const found = await kube.get(lease, { signal });
    if (found === undefined) return;
    if (!textAt(recordAt(found, 'spec'), 'holderIdentity').startsWith(`${hostname}_`)) return;
    const { resourceVersion } = found.metadata;
    const spec = { holderIdentity: null, leaseDurationSeconds: 1 };
    await kube.mergePatch(lease, { metadata: { resourceVersion }, spec }, { signal });
  };
  await withDeadline({ milliseconds: releaseMilliseconds }, release).catch(() => undefined);
}
