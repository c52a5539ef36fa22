import { beforeEach, describe, expect, it } from 'vitest';
import { verifyS3Snapshot } from '../../src/execute/handlers/verify-s3-snapshot.js';
import type { RunContext } from '../../src/execute/run-context.js';
import type { OperationOf } from '../../src/reconcile/operations.js';
import { checkExits } from '../../src/reconcile/snapshots/check-script.js';
import { verifyObjectOperations } from '../../src/reconcile/snapshots/download-operations.js';
import { observedFrom, sampleContainer, samplePlan } from '../fakes/cluster.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { FakeS3 } from '../fakes/s3.js';

const s3 = { endpoint: 's3.example.com', bucketName: 'b', folder: 'prod', accessKey: 'A', secretKey: 'hush' };
const [download, checker, helper] = ['etcd-download-backup', 'etcd-s3-checker', 'etcd-remove-snapshot'];

let host: FakeHost;
let bucket: FakeS3;
let context: RunContext & { readonly events: ReturnType<typeof recordingSink> };
let codes: Map<string, number>;
let logs: string[];
let operation: OperationOf<'verify-s3-snapshot'>;

beforeEach(() => {
  host = new FakeHost('10.0.0.1');
  bucket = new FakeS3();
  bucket.put('prod/nightly.zip', 2048, 900);
  codes = new Map();
  logs = [];
  host.docker.wait = (name) => Promise.resolve(codes.get(name) ?? 0);
  host.docker.logs = () => Promise.resolve(logs);
  host.docker.getArchive = () => Promise.resolve(Buffer.of(1));
  const result =
    'bytes=2048\ndatabase=4096\nsha256=abc\nstatus={"revision":7,"totalKey":3}\nversion=v1.30.4-rancher1-1\n';
  const file = { path: 'rke-snapshot', content: Buffer.from(result), mode: 0o600, uid: 0, gid: 0 };
  const events = recordingSink();
  context = {
    ...fakeContext([host], { s3: bucket, unpackFiles: () => Promise.resolve([file]) }),
    events,
  };
  const plan = samplePlan([['controlplane', 'etcd'], ['etcd']]);
  const container = {
    ...sampleContainer('etcd-snapshot-once'),
    binds: ['/opt/rke/etcd-snapshots/:/backup:z', '/etc/kubernetes:/etc/kubernetes:z'],
  };
  const nodes = plan.nodes.map((node) => ({ ...node, snapshot: { container, timeoutSeconds: 60 } }));
  const request = { name: 'nightly', s3, host: '10.0.0.1', modifiedAt: 900 };
  const found = verifyObjectOperations({ nodes }, observedFrom(plan), request);
  const [only, ...others] = found.filter((one) => one.kind === 'verify-s3-snapshot');
  expect(others).toEqual([]);
  operation = only as typeof operation;
});

const run = (): Promise<void> => verifyS3Snapshot(host, operation, context, () => undefined);
const failure = (): Promise<unknown> => run().catch((error: unknown) => error);
const commands = (): readonly (readonly string[])[] => host.created.get(helper)?.map(({ cmd }) => cmd) ?? [];

describe('the check of a snapshot in S3', () => {
  it('downloads it, checks it with its state, records the result, and leaves no copy', async () => {
    await run();
    expect(host.created.get(download)?.[0]?.binds).toEqual(['/opt/rke/etcd-snapshots/.download/:/backup:z']);
    const [check] = host.created.get(checker) ?? [];
    expect(check?.cmd.slice(1)).toEqual(['rke', 'nightly', 'any']);
    const [[line = '', ...words] = []] = commands();
    expect(line).toMatch(/\.verified-s3[\s\S]*; rm -rf \/backup\/\.download$/);
    expect(words).toEqual([
      ...['rke', 'nightly', '2048', '900', '7', '3', 'v1.30.4-rancher1-1'],
      's3.example.com/b/prod/nightly.zip',
    ]);
    expect(context.events.events.filter(({ type }) => type === 'snapshot-verified')).toMatchObject([
      {
        file: 's3://b/prod/nightly.zip',
        revision: 7,
        s3: { endpoint: 's3.example.com', bucket: 'b', key: 'prod/nightly.zip' },
      },
    ]);
    expect([...host.containers.keys()]).toEqual([]);
  });

  it.each<[string, () => void, string, string]>([
    [
      'is damaged',
      () => codes.set(checker, checkExits.damaged),
      'SNAPSHOT_INVALID',
      'the archive of snapshot nightly in bucket b at s3.example.com is damaged',
    ],
    [
      'cannot be unpacked by rke-tools',
      () => {
        codes.set(download, 1);
        logs = ['level=fatal msg="zip: not a valid zip file"'];
      },
      'SNAPSHOT_INVALID',
      'is damaged and cannot be restored',
    ],
    [
      'is the archive of another snapshot',
      () => {
        codes.set(download, 1);
        logs = ['Successfully downloaded [prod/nightly.zip]', '/backup/nightly.zip has no /backup/nightly'];
      },
      'SNAPSHOT_INVALID',
      'is damaged and cannot be restored',
    ],
    [
      'has no state',
      () => codes.set(checker, checkExits.withoutState),
      'SNAPSHOT_WITHOUT_STATE',
      'snapshot nightly in bucket b has no usable state',
    ],
    ['is not there any more', () => bucket.objects.clear(), 'S3_FAILED', 'the bucket has no such snapshot'],
    [
      'is denied',
      () => (bucket.failure = new Error('HTTP 403 AccessDenied: no')),
      'S3_FAILED',
      'denies access to the bucket',
    ],
    [
      'cannot be read because of an error of the service',
      () => (bucket.failure = new Error('HTTP 500 InternalError: try again')),
      'S3_FAILED',
      'has an internal error',
    ],
    [
      'does not fit on the disk',
      () => {
        codes.set(download, 1);
        logs = ['write /backup/nightly.zip: no space left on device'];
      },
      'SNAPSHOT_DISK_FULL',
      'the disk is full',
    ],
  ])('reports one that %s, records nothing, and leaves no copy', async (_, breakIt, code, message) => {
    breakIt();
    expect(await failure()).toMatchObject({
      code,
      exitCode: 8,
      message: expect.stringContaining(message) as string,
    });
    expect(commands().every(([line]) => line === 'rm -rf /backup/.download')).toBe(true);
    expect(context.events.events.filter(({ type }) => type === 'snapshot-verified')).toEqual([]);
    expect([...host.containers.keys()]).toEqual([]);
  });
});
