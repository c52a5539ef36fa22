import { etcdError, RkeError } from '../core/errors.js';
import type { Host } from '../host/host.js';
import { snapshotDirectory } from '../plan/components/etcd-snapshots.js';
import type { ContainerSpec } from '../plan/cluster-plan-types.js';
import { runOnce, succeeds, withHelper } from './handlers/containers.js';
import { persist } from './handlers/persist.js';
import type { RunContext } from './run-context.js';

export interface SnapshotUpload {
  /** Name of the file in the directory of snapshots. */
  readonly file: string;
  /** SHA-256 of the whole file. */
  readonly sha256: string;
  /** The file in parts, from the first on. */
  readonly parts: AsyncIterable<Buffer>;
  /** A container of the tools image with the snapshots at `/backup`. */
  readonly container: ContainerSpec;
}

/**
 * Copies a file of this machine to the directory of snapshots of a host, in parts, so that neither machine has it in memory. It gets its
 * name when it is complete and its checksum is right. A file with that name is kept if it is the same.
 *
 * @throws RkeError SNAPSHOT_EXISTS, SNAPSHOT_DISK_FULL or SNAPSHOT_UNREADABLE (exit 8)
 */
export async function uploadSnapshot(
  host: Host,
  { file, sha256, parts, container }: SnapshotUpload,
  { signal, packFiles }: Pick<RunContext, 'signal' | 'packFiles'>,
): Promise<void> {
  const { address } = host;
  const words = ['rke', file, sha256];
  const script = (text: string): ContainerSpec => ({
    ...container,
    entrypoint: ['/bin/sh', '-c'],
    cmd: [text, ...words],
  });
  if (await succeeds(host, script(sameScript), { signal })) return;
  await runOnce(host, script(otherScript), { signal }).catch((cause: unknown) => {
    if (!(cause instanceof RkeError) || cause.code !== 'HELPER_FAILED') throw cause;
    throw etcdError('SNAPSHOT_EXISTS', `${snapshotDirectory}/${file} exists already with another content`, {
      host: address,
      fix: 'set another name with --name: it is the name that the file gets on the host',
      cause,
    });
  });
  try {
    await copyParts(host, { container: script('exit 0'), parts }, { signal, packFiles });
    await runOnce(host, script(joinScript), { signal });
  } catch (cause) {
    // A full disk must not stay full, and the archive has the keys of the cluster.
    await persist((limit) => runOnce(host, script(cleanScript), limit)).catch(() => undefined);
    throw explainCopy(cause, file, address);
  }
}

/** Puts the file into the container's directory of snapshots, part by part. */
async function copyParts(
  { docker }: Host,
  { container, parts }: Pick<SnapshotUpload, 'container' | 'parts'>,
  { signal, packFiles }: Pick<RunContext, 'signal' | 'packFiles'>,
): Promise<void> {
  await withHelper(docker, container.name, async () => {
    await docker.remove(container.name, { signal });
    await docker.create({ ...container, started: false }, { signal });
    let number = 0;
    for await (const content of parts) {
      signal.throwIfAborted();
      number += 1;
      const path = `/backup/.upload/${String(number).padStart(6, '0')}`;
      const tar = await packFiles([{ path, content, mode: 0o600, uid: 0, gid: 0 }]);
      await docker.putArchive(container.name, '/', tar, { signal });
    }
  });
}

function explainCopy(cause: unknown, file: string, host: string): unknown {
  if (!(cause instanceof RkeError)) return cause;
  const { evidence = [] } = cause.details;
  if (/no space left|disk quota exceeded/i.test([cause.message, ...evidence].join('\n')))
    return diskFull(host, cause);
  if (cause.code !== 'HELPER_FAILED') return cause;
  return etcdError('SNAPSHOT_UNREADABLE', `${file} did not arrive whole`, {
    host,
    evidence,
    fix: 'run the same command again',
    cause,
  });
}

const sameScript = `[ "$(sha256sum <"/backup/$1" | cut -c 1-64)" = "$2" ]`;
const otherScript = `rm -rf /backup/.upload /backup/.uploaded; [ ! -e "/backup/$1" ]`;
const joinScript = `cd /backup && cat .upload/* >.uploaded && [ "$(sha256sum <.uploaded | cut -c 1-64)" = "$2" ] && chmod 600 .uploaded && mv .uploaded "$1" && rm -rf .upload`;
const cleanScript = 'rm -rf /backup/.upload /backup/.uploaded';

function diskFull(host: string, cause: RkeError): RkeError {
  return etcdError(
    'SNAPSHOT_DISK_FULL',
    'the disk is full: the snapshot cannot be copied to the host; nothing was changed',
    {
      host,
      fix: (on) =>
        `free space where ${snapshotDirectory} is (\`df -h ${snapshotDirectory}\` on ${on}), then run the same command again`,
      cause,
    },
  );
}
