import { beforeEach, describe, expect, it } from 'vitest';
import {
  decideDelete,
  decidePrune,
  decideVerify,
  type DeletedSnapshots,
} from '../../../src/commands/etcd/stored-snapshots.js';
import type { EtcdWork } from '../../../src/commands/etcd/work-on-etcd.js';
import type { RunFailedError } from '../../../src/core/hosts-error.js';
import type { SnapshotFile } from '../../../src/reconcile/snapshots/snapshot-files.js';
import type { ObservedRun } from '../../../src/run/with-cluster.js';
import { a, b } from '../../config/running/judge.js';
import { FakeS3 } from '../../fakes/s3.js';
import { RestoreCluster } from './restore-cluster.js';

const now = 1_700_000_000;
const days = 86_400;
const recurring = (daysAgo: number): string =>
  `${new Date((now - daysAgo * days) * 1000).toISOString().replace('.000', '')}_etcd`;
const archive = (name: string, daysAgo: number): SnapshotFile => ({
  name,
  file: `${name}.zip`,
  bytes: 5,
  modifiedAt: now - daysAgo * days,
});

let cluster: RestoreCluster;
let bucket: FakeS3;
/** Environment of etcd in cluster.yml. */
let extraEnv: string[];
/** Record of checks of objects on the first host. */
let record: string;

beforeEach(() => {
  cluster = new RestoreCluster();
  bucket = new FakeS3();
  extraEnv = [];
  record = '';
  for (const address of [a, b]) cluster.hostAt(address).prints = () => (address === a ? record : '');
});

/** Two etcd hosts with these snapshots, and a bucket. */
function run(on: Readonly<Record<string, readonly SnapshotFile[] | undefined>>): ObservedRun {
  const made = cluster.run;
  const hosts = new Map(
    [...made.observed.hosts]
      .filter(([address]) => address === a || address === b)
      .map(([address, host]) => [address, { ...host, clock: now, snapshots: on[address] }]),
  );
  const { etcd } = made.session.spec.services;
  const s3BackupConfig = { endpoint: 's3.example.com', bucketName: 'backups', folder: 'prod' };
  const services = {
    ...made.session.spec.services,
    etcd: { ...etcd, extraEnv, backupConfig: { ...etcd.backupConfig, s3BackupConfig } },
  };
  const session = { ...made.session, spec: { ...made.session.spec, services } };
  return { ...made, session, observed: { ...made.observed, hosts } } as unknown as ObservedRun;
}

const kindsOf = ({ operations }: EtcdWork): string[] =>
  operations.filter(({ kind }) => kind !== 'pull-image').map(({ kind, host }) => `${kind}@${host ?? ''}`);
const codesOf = ({ failures = [] }: Pick<EtcdWork, 'failures'>): (string | undefined)[] =>
  failures.map(({ error }) => (error as { code?: string }).code);
const denied = new Error('HTTP 403 AccessDenied: no');

describe('rke etcd verify', () => {
  it('checks every copy on the hosts, and the object in S3', async () => {
    bucket.put('prod/nightly.zip', 5);
    const work = await decideVerify(
      run({ [a]: [archive('nightly', 1)], [b]: [archive('nightly', 1)] }),
      'nightly',
      bucket,
    );
    expect(kindsOf(work)).toEqual([
      `verify-snapshot@${a}`,
      `verify-snapshot@${b}`,
      `verify-s3-snapshot@${a}`,
    ]);
  });

  it('checks one that is in S3 alone', async () => {
    bucket.put('prod/nightly.zip', 5);
    const work = await decideVerify(run({ [a]: [], [b]: [] }), 'nightly', bucket);
    expect(kindsOf(work)).toEqual([`verify-s3-snapshot@${a}`]);
  });

  it('checks the copies on hosts if the bucket cannot be read, and fails at the end', async () => {
    bucket.failure = denied;
    const work = await decideVerify(run({ [a]: [archive('nightly', 1)], [b]: [] }), 'nightly', bucket);
    expect(kindsOf(work)).toEqual([`verify-snapshot@${a}`]);
    expect(codesOf(work)).toEqual(['S3_FAILED']);
  });

  it('does not call a snapshot missing that may be in a bucket that cannot be read', async () => {
    bucket.failure = denied;
    const error = (await decideVerify(run({ [a]: [], [b]: [] }), 'nightly', bucket).catch(
      (thrown: unknown) => thrown,
    )) as RunFailedError;
    expect([error.exitCode, ...codesOf(error)]).toEqual([8, 'S3_FAILED']);
  });

  it('names the nearest snapshot on hosts and in S3', async () => {
    bucket.put('prod/nightly.zip', 5);
    await expect(decideVerify(run({ [a]: [], [b]: [] }), 'nigthly', bucket)).rejects.toMatchObject({
      code: 'SNAPSHOT_NOT_FOUND',
      exitCode: 8,
      message: 'there is no snapshot nigthly; did you mean "nightly"?',
    });
  });
});

describe('rke etcd prune', () => {
  const decide = async (
    on: Parameters<typeof run>[0],
  ): Promise<{ work: EtcdWork; names: DeletedSnapshots; files: readonly string[] }> => {
    let [names, files]: [DeletedSnapshots, readonly string[]] = [new Map(), []];
    const onDecided = (deleted: DeletedSnapshots, objects: readonly string[]): void => {
      [names, files] = [deleted, objects];
    };
    const work = await decidePrune(run(on), { onDecided }, bucket);
    return { work, names, files };
  };
  const old = [archive('single', 1), archive(recurring(30), 30)];
  const put = ({ file, modifiedAt }: SnapshotFile): void => bucket.put(`prod/${file}`, 5, modifiedAt);

  it('deletes recurring snapshots that are over the retention on hosts and in S3', async () => {
    for (const one of [archive(recurring(1), 1), archive(recurring(30), 30), archive('mine', 90)]) put(one);
    const { work, names, files } = await decide({ [a]: old, [b]: [] });
    expect([...names]).toEqual([[a, [recurring(30)]]]);
    expect(files).toEqual([`${recurring(30)}.zip`]);
    expect(kindsOf(work)).toEqual([`delete-snapshots@${a}`, `delete-s3-snapshot@${a}`]);
    expect(work.destructive).toEqual([
      `${a}: deleted: ${recurring(30)}`,
      `bucket backups: deleted: ${recurring(30)}.zip`,
    ]);
  });

  it('gives each object an operation of its own', async () => {
    for (const age of [1, 30, 31, 32]) put(archive(recurring(age), age));
    const { work } = await decide({ [a]: [], [b]: [] });
    expect(new Set(work.operations.map(({ id }) => id)).size).toBe(3);
  });

  it('keeps the newest object that passed a check', async () => {
    for (const age of [1, 30, 31]) put(archive(recurring(age), age));
    record = `5 ${now - 31 * days} ${now} 7 3 - s3.example.com/backups/prod/${recurring(31)}.zip\n`;
    expect((await decide({ [a]: [], [b]: [] })).files).toEqual([`${recurring(30)}.zip`]);
  });

  it('prunes the hosts if the bucket cannot be read, and fails at the end', async () => {
    bucket.failure = denied;
    const { work } = await decide({ [a]: old, [b]: [] });
    expect(kindsOf(work)).toEqual([`delete-snapshots@${a}`]);
    expect(codesOf(work)).toEqual(['S3_FAILED']);
  });

  it('warns, and does not fail, if only rke-tools reaches the bucket, through a proxy', async () => {
    bucket.failure = denied;
    extraEnv = ['HTTPS_PROXY=http://proxy:3128'];
    const { work } = await decide({ [a]: old, [b]: [] });
    expect(codesOf(work)).toEqual([]);
    expect(cluster.events.events).toMatchObject([
      { type: 'warning', message: expect.stringContaining('through a proxy only') as string },
    ]);
  });

  it('deletes nothing if the snapshots of a host are not known', async () => {
    await expect(decide({ [a]: old, [b]: undefined })).rejects.toMatchObject({ exitCode: 8 });
  });
});

describe('rke etcd delete', () => {
  it('deletes the copies on hosts and the object, and nothing if the bucket cannot be read', async () => {
    bucket.put('prod/nightly.zip', 5);
    const on = { [a]: [archive('nightly', 1)], [b]: [archive('other', 1)] };
    const work = await decideDelete(run(on), { name: 'nightly' }, bucket);
    expect(kindsOf(work)).toEqual([`delete-snapshots@${a}`, `delete-s3-snapshot@${a}`]);
    bucket.failure = denied;
    await expect(decideDelete(run(on), { name: 'nightly' }, bucket)).rejects.toMatchObject({ exitCode: 8 });
  });
});
