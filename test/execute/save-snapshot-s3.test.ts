import { beforeEach, describe, expect, it } from 'vitest';
import { checkExits } from '../../src/reconcile/snapshots/check-script.js';
import { checker, object, once, operation, SnapshotHost } from './snapshot-host.js';

const s3 = {
  endpoint: 's3.example.com',
  bucketName: 'b',
  folder: 'prod',
  accessKey: 'AKIA',
  secretKey: 'hush',
};

let on: SnapshotHost;

beforeEach(() => {
  on = new SnapshotHost();
});

describe('a snapshot with S3', () => {
  it('is reported with its object', async () => {
    await on.save({ s3 });
    expect(on.saved()).toMatchObject([
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
    ['write tcp 10.0.0.1:50312->10.0.0.9:443: write: connection reset by peer', 'closed the connection'],
    ['Put "https://s3.example.com/b/prod/nightly.zip": EOF', 'closed the connection'],
    ['failed to upload etcd snapshot file: 503 Service Unavailable', 'internal error'],
  ])('stays on the host if the upload fails, with the cause by name: %s', async (line, why) => {
    on.codes.set(once, 1);
    on.logs.set(once, ['level=info msg="invoking" s3-accessKey=QUtJQQ==', line]);
    const error = await on.failure({ s3 });
    expect(error).toMatchObject({
      code: 'SNAPSHOT_NOT_UPLOADED',
      exitCode: 8,
      details: { evidence: [line] },
    });
    expect((error as Error).message).toContain('failed to upload etcd snapshot file');
    expect((error as Error).message).toContain(why);
    expect(on.saved()).toMatchObject([{ upload: { isDone: false } }]);
    expect(on.removed()).toEqual([]);
  });

  it('gets the keys as a file that its container deletes, not as arguments or variables', async () => {
    await on.save({ s3 });
    const [container] = on.host.created.get(once) ?? [];
    const text = JSON.stringify(container);
    expect(text).toContain('--s3-bucketName=b');
    for (const secret of ['AKIA', 'hush'])
      for (const word of [secret, Buffer.from(secret).toString('base64')]) expect(text).not.toContain(word);
    expect(text).toContain(String.raw`rm -f \"$0\"`);
    expect(on.packed.map(({ path }) => path)).toEqual(['/etc/kubernetes/nightly.rkestate', '/rke-s3-keys']);
    expect(on.packed[1]?.content).toBe("S3_ACCESS_KEY='QUtJQQ=='\nS3_SECRET_KEY='aHVzaA=='\n");
  });

  it('has no keys if the role of the instance is used', async () => {
    await on.save({ s3: { endpoint: 's3.example.com', bucketName: 'b', folder: 'prod' } });
    expect(on.host.created.get(once)?.[0]?.cmd.slice(3, 5)).toEqual(['save', '--once']);
    expect(on.packed).toHaveLength(1);
  });

  it.each([
    ['InvalidAccessKeyId: said so', 'access key'],
    ['HTTP 503 SlowDown: said so', 'internal error'],
    ['no answer within 20 s', 'in time'],
  ])('is saved on the host alone if the bucket cannot be used: %s', async (line, why) => {
    on.bucket.failure = new Error(line);
    const error = await on.failure({ s3 });
    expect(error).toMatchObject({
      code: 'SNAPSHOT_NOT_UPLOADED',
      exitCode: 8,
      details: { evidence: [line] },
    });
    expect((error as Error).message).toContain(why);
    expect(on.host.created.get(once)?.[0]?.cmd.slice(3)).toEqual(['save', '--once', '--name', 'nightly']);
    expect(on.saved()).toMatchObject([{ bytes: 2048, upload: { isDone: false } }]);
    expect(on.removed()).toEqual([]);
  });

  it('is saved on the host alone if its clock is wrong: S3 would refuse the upload', async () => {
    on.bucket.time = 1_800_000_000;
    on.host.prints = (command) => (command === 'date +%s' ? `${1_800_000_000 + 20 * 60}\n` : '');
    const error = await on.failure({ s3 });
    expect((error as Error).message).toContain('the clock of the host differs');
    expect(error).toMatchObject({ details: { evidence: [expect.stringContaining('20 min ahead')] } });
  });

  it('is uploaded without a check of the bucket if only a proxy leads to it', async () => {
    on.bucket.failure = new Error('no answer within 20 s');
    const env = ['HTTPS_PROXY=http://proxy:3128'];
    await on.save({ s3, container: { ...operation.container, env } });
    expect(on.saved()).toMatchObject([{ upload: { isDone: true } }]);
  });

  it.each([
    ['is not there', () => undefined, 'not in the bucket'],
    ['is not complete', () => on.bucket.put(object, 7), '7 bytes instead of 2048'],
  ])('is not reported as uploaded if the object %s afterwards', async (_, uploads, why) => {
    on.upload = uploads;
    const error = await on.failure({ s3 });
    expect(error).toMatchObject({ code: 'SNAPSHOT_NOT_UPLOADED' });
    expect((error as Error).message).toContain(why);
    expect(on.removed()).toEqual([]);
    expect([...on.bucket.objects.keys()]).toEqual([]);
  });

  it('is not uploaded again if another host has done it', async () => {
    on.bucket.put(object, 3000);
    on.upload = () => undefined;
    await on.save({ s3 });
    expect(on.saved()).toMatchObject([{ upload: { isDone: true } }]);
  });

  it('stays on the host if the upload does not end', async () => {
    on.hanging.add(once);
    const error = await on.failure({ s3 });
    expect(error).toMatchObject({ code: 'SNAPSHOT_NOT_UPLOADED' });
    expect((error as Error).message).toContain('did not end within 120 s');
    expect(on.removed()).toEqual([]);
    expect([...on.host.containers.keys()]).toEqual(['etcd']);
  });

  it('that has a part of an archive only when its time is up leaves nothing', async () => {
    on.codes.set(checker, checkExits.damaged);
    on.hanging.add(once);
    expect(await on.failure({ s3 })).toMatchObject({ code: 'SNAPSHOT_TIMEOUT' });
    expect(on.removed()).toContain('/backup/nightly.zip');
  });

  it('is checked by a container of its own if the upload does not end', async () => {
    on.hanging.add(once);
    await on.failure({ s3 });
    expect(on.host.created.get(checker)).toHaveLength(1);
  });

  it('that is damaged is removed from the bucket, too', async () => {
    on.codes.set(checker, checkExits.damaged);
    expect(await on.failure({ s3 })).toMatchObject({ code: 'SNAPSHOT_INVALID' });
    expect([...on.bucket.objects.keys()]).toEqual([]);
  });

  it('fails like any other if there is no archive either', async () => {
    on.codes.set(once, 1);
    on.codes.set(checker, checkExits.missing);
    on.logs.set(once, ['no space left on device']);
    expect(await on.failure({ s3 })).toMatchObject({ code: 'SNAPSHOT_DISK_FULL' });
  });
});
