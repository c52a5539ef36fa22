import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { provideSnapshot, requireReadable } from '../../../src/commands/etcd/snapshot-source.js';
import { RunFailedError } from '../../../src/core/hosts-error.js';
import { hash } from '../../../src/core/stable.js';
import { useFolder } from '../../cli/run.js';
import { a, b } from '../../config/running/judge.js';
import { RestoreCluster } from './restore-cluster.js';

const folder = useFolder();
let cluster: RestoreCluster;

beforeEach(() => {
  cluster = new RestoreCluster();
  // No host has the archive yet.
  cluster.failing = /^same/;
});

/** Provides a snapshot from a file with this content. */
async function provideFile(content: string): Promise<void> {
  const path = join(folder(), 'copy');
  await writeFile(path, content);
  await provideSnapshot(cluster.run, 'nightly', { kind: 'file', path });
}
/** Words of the helpers on a host, after their script. */
const words = (host: string): unknown[] =>
  (cluster.hostAt(host).created.get('etcd-restore-look') ?? []).map(({ cmd }) => cmd.slice(2));

describe('a snapshot in a file of this machine', () => {
  it('is copied to the first etcd host alone, under the name of the snapshot', async () => {
    await provideFile('PK zip');
    expect(words(a)).toContainEqual(['nightly.zip', hash('sha256', 'PK zip')]);
    expect(cluster.hostAt(a).archives).toHaveLength(1);
    expect(words(b)).toEqual([]);
    expect(cluster.runningOn(a)).toContain('etcd');
  });

  it('gets no extension if it is a plain snapshot of an old version', async () => {
    await provideFile('plain');
    expect(words(a)).toContainEqual(['nightly', hash('sha256', 'plain')]);
  });

  it('is not copied if the host has it', async () => {
    cluster.failing = undefined;
    await provideFile('PK zip');
    expect(cluster.hostAt(a).archives).toEqual([]);
  });

  it('is copied with an image that is pulled if it is missing', async () => {
    const image = cluster.plan.nodes[0]?.snapshot?.container.image ?? '';
    (cluster.observed.hosts.get(a)?.images as Map<string, unknown>).delete(image);
    cluster.hostAt(a).images.delete(image);
    await provideFile('PK zip');
    expect(cluster.hostAt(a).calls[0]).toBe(`pull ${image}`);
  });

  it.each([
    ['missing', () => Promise.resolve(join(folder(), 'none.zip')), 'none.zip: no such file'],
    ['a directory', () => Promise.resolve(folder()), 'is a directory, not an archive'],
    ['a device', () => Promise.resolve('/dev/zero'), 'is a device or a pipe, not an archive'],
    ['empty', () => emptyFile(join(folder(), 'empty.zip')), 'is empty, not an archive'],
  ])('is refused if it is %s', async (_what, make, message) => {
    await expect(requireReadable({ kind: 'file', path: await make() })).rejects.toMatchObject({
      ...{ code: 'USAGE', exitCode: 2 },
      message: expect.stringContaining(message) as string,
    });
  });
});

async function emptyFile(path: string): Promise<string> {
  await writeFile(path, '');
  return path;
}

describe('the bucket of cluster.yml', () => {
  const s3 = { endpoint: '127.0.0.1:1', bucketName: 'backups', accessKey: 'AKIA', secretKey: 'hush' };
  const provide = (): Promise<void> => {
    const { run } = cluster;
    const { spec } = run.session;
    const etcd = {
      ...spec.services.etcd,
      backupConfig: { ...spec.services.etcd.backupConfig, s3BackupConfig: s3 },
    };
    const services = { ...spec.services, etcd };
    const session = { ...run.session, spec: { ...spec, services } } as typeof run.session;
    return provideSnapshot({ ...run, session }, 'nightly', undefined);
  };

  it('is not asked if any etcd host has the snapshot', async () => {
    cluster.lists.set(b, '2048 1 nightly.zip\n');
    await provide();
    expect([...cluster.hosts.values()].flatMap(({ calls }) => calls)).toEqual([]);
  });

  it('is downloaded from if none has it, and its failure ends the restore before anything is stopped', async () => {
    for (const host of cluster.hosts.values())
      host.answers = (to) => {
        throw new Error(`connect ECONNREFUSED ${to}`);
      };
    const error: unknown = await provide().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RunFailedError);
    expect((error as RunFailedError).failures).toMatchObject([
      { host: a, title: 'download the etcd snapshot from S3' },
    ]);
    expect(cluster.runningOn(a)).toContain('etcd');
  });

  it('is not asked if cluster.yml has none', async () => {
    await provideSnapshot(cluster.run, 'nightly', undefined);
    expect([...cluster.hosts.values()].flatMap(({ calls }) => calls)).toEqual([]);
  });
});
