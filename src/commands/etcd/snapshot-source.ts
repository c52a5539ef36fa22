import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { S3Backup } from '../../config/cluster-spec.js';
import { fileErrorOf, usageError } from '../../core/errors.js';
import { uploadSnapshot } from '../../execute/upload-snapshot.js';
import { packFiles } from '../../host/tar.js';
import { pullIfMissing } from '../../reconcile/intents/host-operations.js';
import { downloadOperations } from '../../reconcile/snapshots/download-operations.js';
import { buildLookContainer } from '../../reconcile/restore/restore-containers.js';
import type { ObservedRun } from '../../run/with-cluster.js';
import { readEtcdSnapshots } from './read-etcd-snapshots.js';
import { runSteps } from './run-steps.js';

/** Where a snapshot comes from, if it is not on an etcd host: an archive, or a plain snapshot of old versions, on this machine; or S3. */
export type SnapshotSource =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 's3'; readonly s3: S3Backup };

/**
 * Puts the snapshot into the directory of snapshots of the first etcd host, if it has another source. Without one, it comes from the
 * bucket of cluster.yml if no host has it.
 *
 * @throws RkeError USAGE (exit 2) if the file cannot be read; what `uploadSnapshot` and a download throw
 */
export async function provideSnapshot(
  cluster: ObservedRun,
  name: string,
  given: SnapshotSource | undefined,
): Promise<void> {
  const source = given ?? (await findInBucket(cluster, name));
  if (source === undefined) return;
  const { plan, hosts, observed, options } = cluster;
  const node = plan.nodes.find((one) => one.snapshot !== undefined && hosts.has(one.node.address));
  const host = hosts.get(node?.node.address ?? '');
  if (node === undefined || host === undefined) return;
  if (source.kind === 's3') {
    const request = { name, s3: source.s3, hosts: new Set([node.node.address]) };
    await runSteps(cluster, downloadOperations(plan, observed, request));
    return;
  }
  const container = buildLookContainer(node, name, { isContinued: false });
  const [sha256, isZip] = await Promise.all([hashFile(source.path), startsAsZip(source.path)]);
  const { address } = node.node;
  const pulls = pullIfMissing(container.image, address, observed);
  if (pulls.length > 0) await runSteps(cluster, pulls);
  options.events.emit({ type: 'debug', host: address, message: `copying ${source.path}, sha256 ${sha256}` });
  const parts = createReadStream(source.path, { highWaterMark: partBytes }) as AsyncIterable<Buffer>;
  await uploadSnapshot(
    host,
    { file: isZip ? `${name}.zip` : name, sha256, parts, container },
    { signal: options.signal, packFiles },
  );
}

/** The bucket of cluster.yml, if no etcd host has the snapshot. */
async function findInBucket(cluster: ObservedRun, name: string): Promise<SnapshotSource | undefined> {
  const s3 = cluster.session.spec.services.etcd.backupConfig?.s3BackupConfig;
  if (s3 === undefined || s3 === null) return undefined;
  const listed = await readEtcdSnapshots(cluster);
  const isThere = [...listed.values()].some(
    (found) => 'files' in found && found.files.some((file) => file.name === name),
  );
  return isThere ? undefined : { kind: 's3', s3 };
}

/** A part is in memory here, and as a tar on its way. */
const partBytes = 16 * 2 ** 20;

/**
 * Checks a file before any host is contacted. A directory cannot be read, a pipe may never end, and a device would fill the disk of the
 * host.
 *
 * @throws RkeError USAGE (exit 2)
 */
export async function requireReadable(source: SnapshotSource | undefined): Promise<void> {
  if (source?.kind !== 'file') return;
  const { path } = source;
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (found.isFile() && found.size > 0) {
    await startsAsZip(path);
    return;
  }
  const what = found.isFile()
    ? 'is empty'
    : `is ${found.isDirectory() ? 'a directory' : 'a device or a pipe'}`;
  throw usageError(`${path} ${what}, not an archive`, { fix: setFile });
}

async function hashFile(path: string): Promise<string> {
  const sum = createHash('sha256');
  try {
    for await (const part of createReadStream(path)) sum.update(part as Buffer);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return sum.digest('hex');
}

async function startsAsZip(path: string): Promise<boolean> {
  await using file = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return buffer.toString('latin1') === 'PK';
}

const setFile = 'set --file to an archive that can be read';

function unreadable(path: string, cause: unknown): Error {
  return usageError(`cannot read ${path}: ${fileErrorOf(cause)}`, {
    fix: setFile,
    cause,
  });
}
