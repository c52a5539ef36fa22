import { beforeEach, describe, expect, it } from 'vitest';
import { dockerError, type RkeError } from '../../src/core/errors.js';
import { hash } from '../../src/core/stable.js';
import { saveSnapshot } from '../../src/execute/handlers/save-snapshot.js';
import { helperContainer } from '../../src/execute/helper-container.js';
import type { RunContext } from '../../src/execute/run-context.js';
import type { OperationOf } from '../../src/reconcile/operations.js';
import { checkExits } from '../../src/reconcile/snapshots/check-script.js';
import { sampleContainer } from '../fakes/cluster.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { FakeS3 } from '../fakes/s3.js';
import { recordingSink } from '../fakes/recording-sink.js';

const once = 'etcd-snapshot-once';
const checker = 'etcd-checksum-checker';
const remover = 'etcd-remove-snapshot';

const operation: OperationOf<'save-snapshot'> = {
  id: 'snapshot@10.0.0.1',
  stage: 'snapshot',
  title: 'save an etcd snapshot',
  host: '10.0.0.1',
  after: [],
  kind: 'save-snapshot',
  name: 'nightly',
  container: {
    ...helperContainer(once, 'tools'),
    cmd: ['save', '--once', '--name', 'nightly'],
    binds: ['/opt/rke/etcd-snapshots/:/backup', '/etc/kubernetes:/etc/kubernetes'],
  },
  timeoutSeconds: 120,
  state: '{"desiredState":{}}',
};
const s3 = {
  endpoint: 's3.example.com',
  bucketName: 'b',
  folder: 'prod',
  accessKey: 'AKIA',
  secretKey: 'hush',
};
const object = 'prod/nightly.zip';
const result = 'bytes=2048\ndatabase=4096\nsha256=abc\nstatus={"revision":7,"totalKey":3}\n';

let host: FakeHost;
let context: RunContext & { readonly events: ReturnType<typeof recordingSink> };
/** Exit codes of containers; 0 unless given. */
let codes: Map<string, number>;
let bucket: FakeS3;
/** What the container that takes the snapshot does to the bucket. */
let upload: () => void;
let packed: { readonly path: string; readonly content?: string }[];
let logs: Map<string, string[]>;
const waits: (number | undefined)[] = [];

beforeEach(() => {
  host = new FakeHost('10.0.0.1');
  host.run(sampleContainer('etcd'));
  codes = new Map();
  logs = new Map();
  waits.length = 0;
  bucket = new FakeS3();
  upload = () => bucket.put(object, 2048);
  packed = [];
  host.docker.wait = (name, { milliseconds }) => {
    waits.push(milliseconds);
    if (name === once && codes.get(once) === undefined) upload();
    return Promise.resolve(codes.get(name) ?? 0);
  };
  host.docker.logs = (name) => Promise.resolve(logs.get(name) ?? []);
  host.docker.getArchive = () => Promise.resolve(Buffer.of(1));
  const file = { path: 'rke-snapshot', content: Buffer.from(result), mode: 0o600, uid: 0, gid: 0 };
  context = {
    ...fakeContext([host], {
      s3: bucket,
      unpackFiles: () => Promise.resolve([file]),
      packFiles: (files) => {
        packed = [...files];
        return Promise.resolve(Buffer.of());
      },
    }),
    events: recordingSink(),
  };
});

const save = (change: Partial<typeof operation> = {}): Promise<void> =>
  saveSnapshot(host, { ...operation, ...change }, context, () => undefined);
const failure = (change: Partial<typeof operation> = {}): Promise<unknown> =>
  save(change).catch((error: unknown) => error);
const removed = (): readonly string[] => host.created.get(remover)?.flatMap(({ cmd }) => cmd) ?? [];
const saved = (): unknown[] => context.events.events.filter(({ type }) => type === 'snapshot-saved');

describe('a snapshot on one host', () => {
  it('is reported after its archive was checked, and leaves no container', async () => {
    await save();
    expect(saved()).toEqual([
      {
        type: 'snapshot-saved',
        host: '10.0.0.1',
        name: 'nightly',
        file: '/opt/rke/etcd-snapshots/nightly.zip',
        bytes: 2048,
        databaseBytes: 4096,
        sha256: 'abc',
        revision: 7,
        keys: 3,
        hasState: true,
        durationMs: expect.any(Number) as number,
      },
    ]);
    expect([...host.containers.keys()]).toEqual(['etcd']);
    expect(waits).toEqual([120_000, 120_000]);
    expect(removed()).toEqual([]);
  });

  it('gets the state as a file before its container starts, and the check its hash and no key', async () => {
    await save();
    const calls = host.calls.filter((call) => call.endsWith(once));
    expect(calls).toEqual([
      `remove ${once}`,
      `create ${once}`,
      `putArchive ${once}`,
      `start ${once}`,
      `remove ${once}`,
    ]);
    const [check] = host.created.get(checker) ?? [];
    expect(check?.cmd.slice(-2)).toEqual(['nightly', hash('sha256', '{"desiredState":{}}')]);
    expect(check?.env).toEqual(['ETCDCTL_API=3']);
    expect(check?.binds).toEqual(['/opt/rke/etcd-snapshots/:/backup']);
  });

  it('is not begun if etcd does not run', async () => {
    host.containers.delete('etcd');
    expect(await failure()).toMatchObject({ code: 'ETCD_NOT_RUNNING', exitCode: 8, host: '10.0.0.1' });
    expect(host.calls).toEqual([]);
  });

  it.each([
    ['SNAPSHOT_DISK_FULL', 'write /backup/nightly.part: no space left on device'],
    ['SNAPSHOT_FAILED', 'https://10.0.0.1:2379 is unhealthy: context deadline exceeded'],
    ['SNAPSHOT_FAILED', 'something else'],
  ])('fails with %s if rke-tools reports "%s", and what it left is removed', async (code, line) => {
    codes.set(once, 1);
    logs.set(once, [line]);
    expect(await failure()).toMatchObject({ code, exitCode: 8, details: { evidence: [line] } });
    expect(removed()).toEqual(
      [
        '-f',
        '/backup/nightly',
        '/backup/nightly.part',
        '/backup/nightly.zip',
        '/etc/kubernetes/nightly.rkestate',
      ].slice(1),
    );
    expect(saved()).toEqual([]);
  });

  it('fails if it takes too long, and what it left is removed', async () => {
    host.docker.wait = (name) =>
      name === once
        ? Promise.reject(dockerError('DOCKER_TIMEOUT', 'did not exit', { host: host.address }))
        : Promise.resolve(0);
    const error = await failure();
    expect(error).toMatchObject({
      code: 'SNAPSHOT_TIMEOUT',
      fix: expect.stringContaining('timeout') as string,
    });
    expect((error as Error).message).toContain('120 s');
    expect([...host.containers.keys()]).toEqual(['etcd']);
    expect(removed()).toContain('/backup/nightly.zip');
  });

  it('fails if rke-tools reports success and there is no archive', async () => {
    codes.set(checker, checkExits.missing);
    expect(await failure()).toMatchObject({ code: 'SNAPSHOT_FAILED' });
  });

  it.each([
    [checkExits.damaged, 'SNAPSHOT_INVALID', true],
    [checkExits.withoutState, 'SNAPSHOT_WITHOUT_STATE', false],
    [1, 'SNAPSHOT_UNCHECKED', false],
    [137, 'SNAPSHOT_UNCHECKED', false],
  ])('fails if its check ends with %i: %s', async (exit, code, isRemoved) => {
    codes.set(checker, exit);
    logs.set(checker, ['why']);
    expect(await failure()).toMatchObject({ code, exitCode: 8, details: { evidence: ['why'] } });
    expect(removed().length > 0).toBe(isRemoved);
    expect(saved()).toEqual([]);
  });

  it('names the way to go on without it, if the run is for something else', async () => {
    codes.set(once, 1);
    const wayOut = 'to upgrade without a snapshot, run `rke up --no-snapshot`';
    const plain = (await failure()) as RkeError;
    expect(await failure({ wayOut })).toMatchObject({
      code: 'SNAPSHOT_FAILED',
      exitCode: 8,
      fix: `${plain.fix ?? ''}; ${wayOut}`,
      details: { host: '10.0.0.1' },
    });
  });

  it('removes what it left if the run is interrupted', async () => {
    const stop = new AbortController();
    host.docker.wait = (_, { signal }) => {
      if (!stop.signal.aborted) stop.abort(new Error('stopped'));
      return signal.aborted && signal === stop.signal
        ? Promise.reject(new Error('stopped'))
        : Promise.resolve(0);
    };
    context = { ...context, signal: stop.signal };
    expect(await failure()).toMatchObject({ message: 'stopped' });
    expect(removed()).toContain('/backup/nightly.zip');
    expect([...host.containers.keys()]).toEqual(['etcd']);
  });
});

it('stays if its check does not end: nothing is known of it', async () => {
  host.docker.wait = (name) =>
    name === checker
      ? Promise.reject(dockerError('DOCKER_TIMEOUT', 'did not exit', { host: host.address }))
      : Promise.resolve(0);
  expect(await failure()).toMatchObject({ code: 'SNAPSHOT_UNCHECKED' });
  expect(removed()).toEqual([]);
});

describe('a snapshot with S3', () => {
  it('is reported with its object', async () => {
    await save({ s3 });
    expect(saved()).toMatchObject([
      { upload: { endpoint: 's3.example.com', bucket: 'b', key: 'prod/nightly.zip', isDone: true } },
    ]);
  });

  it.each([
    ['failed to upload etcd snapshot file: Access Denied.', 'denies access'],
    ['bucket b is not found', 'does not exist'],
    [
      'failed to check s3 bucket:b, err:The Access Key Id you provided does not exist in our records.',
      'access key',
    ],
    ['failed to check s3 bucket:b, err:The request signature we calculated does not match', 'secret key'],
    ['err:The difference between the request time and the current time is too large.', 'clock'],
    ['err:Get "https://s3.example.com/b/": x509: certificate signed by unknown authority', 'not trusted'],
    ['err:dial tcp: lookup s3.example.com: no such host', 'cannot resolve'],
  ])('stays on the host if the upload fails, with the cause by name: %s', async (line, why) => {
    codes.set(once, 1);
    logs.set(once, ['level=info msg="invoking" s3-accessKey=QUtJQQ==', line]);
    const error = await failure({ s3 });
    expect(error).toMatchObject({
      code: 'SNAPSHOT_NOT_UPLOADED',
      exitCode: 8,
      details: { evidence: [line] },
    });
    expect((error as Error).message).toContain('failed to upload etcd snapshot file');
    expect((error as Error).message).toContain(why);
    expect(saved()).toMatchObject([{ upload: { isDone: false } }]);
    expect(removed()).toEqual([]);
  });

  it('gets the keys as a file that its container deletes, not as arguments or variables', async () => {
    await save({ s3 });
    const [container] = host.created.get(once) ?? [];
    const text = JSON.stringify(container);
    expect(text).toContain('--s3-bucketName=b');
    for (const secret of ['AKIA', 'hush'])
      for (const word of [secret, Buffer.from(secret).toString('base64')]) expect(text).not.toContain(word);
    expect(container?.entrypoint.join(' ')).toContain('rm -f "$0"');
    expect(packed.map(({ path }) => path)).toEqual(['/etc/kubernetes/nightly.rkestate', '/rke-s3-keys']);
    expect(packed[1]?.content).toBe("S3_ACCESS_KEY='QUtJQQ=='\nS3_SECRET_KEY='aHVzaA=='\n");
  });

  it('has no keys if the role of the instance is used', async () => {
    await save({ s3: { endpoint: 's3.example.com', bucketName: 'b', folder: 'prod' } });
    expect(host.created.get(once)?.[0]?.entrypoint).toEqual([]);
    expect(packed).toHaveLength(1);
  });

  it.each([
    ['InvalidAccessKeyId: said so', 'access key'],
    ['HTTP 503 SlowDown: said so', 'internal error'],
    ['no answer within 20 s', 'in time'],
  ])('is saved on the host alone if the bucket cannot be used: %s', async (line, why) => {
    bucket.failure = new Error(line);
    const error = await failure({ s3 });
    expect(error).toMatchObject({
      code: 'SNAPSHOT_NOT_UPLOADED',
      exitCode: 8,
      details: { evidence: [line] },
    });
    expect((error as Error).message).toContain(why);
    expect(host.created.get(once)?.[0]?.cmd).toEqual(['save', '--once', '--name', 'nightly']);
    expect(saved()).toMatchObject([{ bytes: 2048, upload: { isDone: false } }]);
    expect(removed()).toEqual([]);
  });

  it('is saved on the host alone if its clock is wrong: S3 would refuse the upload', async () => {
    bucket.time = 1_800_000_000;
    host.prints = (command) => (command === 'date +%s' ? `${1_800_000_000 + 20 * 60}\n` : '');
    const error = await failure({ s3 });
    expect((error as Error).message).toContain('the clock of the host differs');
    expect(error).toMatchObject({ details: { evidence: [expect.stringContaining('20 min ahead')] } });
  });

  it('is uploaded without a check of the bucket if only a proxy leads to it', async () => {
    bucket.failure = new Error('no answer within 20 s');
    const env = ['HTTPS_PROXY=http://proxy:3128'];
    await save({ s3, container: { ...operation.container, env } });
    expect(saved()).toMatchObject([{ upload: { isDone: true } }]);
  });

  it.each([
    ['is not there', () => undefined, 'not in the bucket'],
    ['is not complete', () => bucket.put(object, 7), '7 bytes instead of 2048'],
  ])('is not reported as uploaded if the object %s afterwards', async (_, uploads, why) => {
    upload = uploads;
    const error = await failure({ s3 });
    expect(error).toMatchObject({ code: 'SNAPSHOT_NOT_UPLOADED' });
    expect((error as Error).message).toContain(why);
    expect(removed()).toEqual([]);
  });

  it('is not uploaded again if another host has done it', async () => {
    bucket.put(object, 3000);
    upload = () => undefined;
    await save({ s3 });
    expect(saved()).toMatchObject([{ upload: { isDone: true } }]);
  });

  it('stays on the host if the upload does not end', async () => {
    host.docker.wait = (name) =>
      name === once
        ? Promise.reject(dockerError('DOCKER_TIMEOUT', 'did not exit', { host: host.address }))
        : Promise.resolve(0);
    const error = await failure({ s3 });
    expect(error).toMatchObject({ code: 'SNAPSHOT_NOT_UPLOADED' });
    expect((error as Error).message).toContain('did not end within 120 s');
    expect(removed()).toEqual([]);
    expect([...host.containers.keys()]).toEqual(['etcd']);
  });

  it('that has a part of an archive only when its time is up leaves nothing', async () => {
    host.docker.wait = (name) =>
      name === once
        ? Promise.reject(dockerError('DOCKER_TIMEOUT', 'did not exit', { host: host.address }))
        : Promise.resolve(name === checker ? checkExits.damaged : 0);
    expect(await failure({ s3 })).toMatchObject({ code: 'SNAPSHOT_TIMEOUT' });
    expect(removed()).toContain('/backup/nightly.zip');
  });

  it('that is damaged is removed from the bucket, too', async () => {
    codes.set(checker, checkExits.damaged);
    expect(await failure({ s3 })).toMatchObject({ code: 'SNAPSHOT_INVALID' });
    expect([...bucket.objects.keys()]).toEqual([]);
  });

  it('fails like any other if there is no archive either', async () => {
    codes.set(once, 1);
    codes.set(checker, checkExits.missing);
    logs.set(once, ['no space left on device']);
    expect(await failure({ s3 })).toMatchObject({ code: 'SNAPSHOT_DISK_FULL' });
  });
});
