import { beforeEach, describe, expect, it } from 'vitest';
import { dockerError } from '../../src/core/errors.js';
import { downloadSnapshot } from '../../src/execute/handlers/download-snapshot.js';
import type { RunContext } from '../../src/execute/run-context.js';
import type { OperationOf } from '../../src/reconcile/operations.js';
import { checkExits } from '../../src/reconcile/snapshots/check-script.js';
import { downloadOperations } from '../../src/reconcile/snapshots/download-operations.js';
import { observedFrom, sampleContainer, samplePlan } from '../fakes/cluster.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { FakeS3 } from '../fakes/s3.js';

const s3 = { endpoint: 's3.example.com', bucketName: 'b', accessKey: 'AKIA', secretKey: 'hush' };
const [download, checker, helper] = ['etcd-download-backup', 'etcd-checksum-checker', 'etcd-remove-snapshot'];

let host: FakeHost;
let bucket: FakeS3;
let context: RunContext;
let codes: Map<string, number>;
let logs: string[];
let operation: OperationOf<'download-snapshot'>;

beforeEach(() => {
  host = new FakeHost('10.0.0.1');
  bucket = new FakeS3();
  bucket.put('nightly.zip', 2048);
  codes = new Map();
  logs = [];
  host.docker.wait = (name) => Promise.resolve(codes.get(name) ?? 0);
  host.docker.logs = () => Promise.resolve(logs);
  host.docker.getArchive = () => Promise.resolve(Buffer.of(1));
  const result = 'bytes=2048\ndatabase=4096\nsha256=abc\nstatus={"revision":7,"totalKey":3}\n';
  const file = { path: 'rke-snapshot', content: Buffer.from(result), mode: 0o600, uid: 0, gid: 0 };
  context = fakeContext([host], { s3: bucket, unpackFiles: () => Promise.resolve([file]) });
  const plan = samplePlan([['controlplane', 'etcd'], ['etcd']]);
  const container = {
    ...sampleContainer('etcd-snapshot-once'),
    binds: ['/opt/rke/etcd-snapshots/:/backup:z', '/etc/kubernetes:/etc/kubernetes:z'],
  };
  const nodes = plan.nodes.map((node) => ({ ...node, snapshot: { container, timeoutSeconds: 60 } }));
  const found = downloadOperations({ nodes }, observedFrom(plan), { name: 'nightly', s3 });
  const downloads = found.filter((one) => one.kind === 'download-snapshot');
  expect(downloads.map(({ id }) => id)).toEqual(['download-snapshot@10.0.0.1', 'download-snapshot@10.0.0.2']);
  operation = downloads[0] as typeof operation;
});

const run = (): Promise<void> => downloadSnapshot(host, operation, context, () => undefined);
const failure = (): Promise<unknown> => run().catch((error: unknown) => error);
const commands = (): string[] => host.created.get(helper)?.flatMap(({ cmd }) => cmd[0] ?? []) ?? [];

describe('a download', () => {
  it('is checked in a directory of its own before it replaces what the host has', async () => {
    await run();
    const [container] = host.created.get(download) ?? [];
    expect(container?.binds).toEqual(['/opt/rke/etcd-snapshots/.download/:/backup:z']);
    expect(container?.cmd).toEqual([
      ...[
        '/opt/rke-tools/rke-etcd-backup',
        'etcd-backup',
        'download',
        '--name',
        'nightly',
        '--s3-backup=true',
      ],
      ...['--s3-endpoint=s3.example.com', '--s3-bucketName=b', '--s3-region='],
    ]);
    expect(JSON.stringify(container)).not.toContain(Buffer.from('hush').toString('base64'));
    expect(host.created.get(checker)?.[0]?.binds).toEqual(container?.binds);
    expect(commands()).toEqual([
      expect.stringContaining('mv -f "/backup/.download/$1.zip" "/backup/$1.zip"'),
    ]);
    expect(host.created.get(helper)?.[0]?.binds).toEqual(['/opt/rke/etcd-snapshots/:/backup:z']);
    expect([...host.containers.keys()]).toEqual([]);
  });

  it('is not begun if the bucket lacks the snapshot, with the nearest name', async () => {
    bucket.objects.clear();
    bucket.put('nigthly.zip', 1);
    const error = (await failure()) as Error;
    expect(error).toMatchObject({ code: 'S3_FAILED', exitCode: 8 });
    expect(error.message).toContain('the bucket has no such snapshot');
    expect(error).toMatchObject({
      details: { evidence: [expect.stringContaining('did you mean "nigthly"?')] },
    });
    expect(host.calls).toEqual([]);
  });

  it('is not begun if the bucket cannot be read, with the cause', async () => {
    bucket.failure = new Error('HTTP 403 SignatureDoesNotMatch: said so');
    expect(((await failure()) as Error).message).toContain(
      'the secret key does not belong to the access key',
    );
    expect(host.calls).toEqual([]);
  });

  it.each([
    ['connection reset by peer', 'S3_FAILED'],
    ['write /backup/nightly.zip: no space left on device', 'SNAPSHOT_DISK_FULL'],
  ])('that fails (%s) leaves what the host has', async (line, code) => {
    codes.set(download, 1);
    logs = [line];
    expect(await failure()).toMatchObject({ code, exitCode: 8, details: { evidence: [line] } });
    expect(commands()).toEqual(['rm -rf /backup/.download']);
  });

  it('has a limit', async () => {
    host.docker.wait = (name) =>
      name === download
        ? Promise.reject(dockerError('DOCKER_TIMEOUT', 'did not exit', { host: host.address }))
        : Promise.resolve(0);
    expect(((await failure()) as Error).message).toContain('does not answer in time');
  });

  it('that is damaged does not replace what the host has', async () => {
    codes.set(checker, checkExits.damaged);
    expect(await failure()).toMatchObject({ code: 'SNAPSHOT_INVALID' });
    expect(commands()).toEqual(['rm -rf /backup/.download']);
  });
});
