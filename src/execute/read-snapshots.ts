import { startDeadline } from '../core/deadline.js';
import { messageOf } from '../core/errors.js';
import type { HostReader } from '../host/host.js';
import {
  listSnapshotsCommand,
  parseSnapshotFiles,
  unreadable,
  type SnapshotFile,
} from '../reconcile/snapshots/snapshot-files.js';
import { fanOut } from './fan-out.js';

/** The snapshots of a host, or why they are not known. */
export type HostSnapshots = { readonly files: readonly SnapshotFile[] } | { readonly why: string };

export interface ReadSnapshotsOptions {
  readonly hosts: ReadonlyMap<string, HostReader>;
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/** A host whose disk hangs must not delay the others. */
const hostMilliseconds = 10_000;

/**
 * Lists the snapshots on every host by its address: one command each, which changes nothing.
 *
 * @throws the signal's reason when it is aborted
 */
export async function readSnapshots({
  hosts,
  concurrency,
  signal,
}: ReadSnapshotsOptions): Promise<ReadonlyMap<string, HostSnapshots>> {
  const list = [...hosts];
  const found = await fanOut(list, { limit: concurrency, signal }, ([, host]) => readHost(host, signal));
  signal.throwIfAborted();
  return new Map(
    found.map((result, index) => [
      list[index]?.[0] ?? '',
      result.status === 'fulfilled' ? result.value : { why: messageOf(result.reason) },
    ]),
  );
}

async function readHost(host: HostReader, signal: AbortSignal): Promise<HostSnapshots> {
  using deadline = startDeadline(hostMilliseconds, signal);
  const { code, stdout, stderr } = await host.read(listSnapshotsCommand(), deadline);
  if (code === unreadable) return { why: 'the user may not read the directory' };
  if (code !== 0) return { why: `the command to list it failed: ${stderr.trim().slice(0, 200)}` };
  return { files: parseSnapshotFiles(stdout) };
}
