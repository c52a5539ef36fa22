import type { Host } from '../../host/host.js';
import type { OperationOf } from '../../reconcile/operations.js';
import type { OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { checkerName } from './check-snapshot.js';
import { discard, fetchSnapshot } from './fetch-snapshot.js';

/**
 * Downloads the archive of a snapshot to the host, checks it, and moves it to the snapshots of the host. An archive of this name that the
 * host has stays until then.
 *
 * @throws what `fetchSnapshot` throws
 */
export async function downloadSnapshot(
  host: Host,
  operation: OperationOf<'download-snapshot'>,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const fetch = { ...operation, stateSha256: undefined, checker: checkerName };
  const place = `mv -f "/backup/.download/$1.zip" "/backup/$1.zip" && ${discard}`;
  await fetchSnapshot(host, fetch, context, { onWaiting, createLine: () => [place] });
}
