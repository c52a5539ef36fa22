import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostReader } from '../../src/host/host.js';
import { explainS3 } from '../../src/reconcile/snapshots/explain-s3.js';
import { createS3 } from '../../src/s3/client.js';
import { bucket, FakeS3Server, listing, s3Error } from './fake-s3-server.js';

let server: FakeS3Server;
const s3 = createS3({ milliseconds: 2000 });
const { signal } = new AbortController();
const list = (change: Partial<typeof bucket> = {}, host: HostReader = server.host) =>
  s3.list(host, { ...bucket, ...change }, { prefix: 'prod/', signal });
const failure = async (...given: Parameters<typeof list>): Promise<string> =>
  list(...given).then(
    () => 'no failure',
    (error: unknown) => (error as Error).message,
  );

beforeEach(async () => {
  server = new FakeS3Server();
  await server.start();
});
afterEach(() => server[Symbol.asyncDispose]());

describe('a listing', () => {
  it('has the objects of all pages, by a signed request that does not have the secret', async () => {
    server.answer = ({ url = '' }, response) => {
      const isSecond = url.includes('continuation-token=n%2B1');
      response.end(isSecond ? listing(['prod/b&amp;c.zip']) : listing(['prod/a.zip'], 'n+1'));
    };
    const { objects, time } = await list();
    expect(objects.map(({ key }) => key)).toEqual(['prod/a.zip', 'prod/b&c.zip']);
    expect(objects[0]).toMatchObject({ bytes: 7, modifiedAt: Date.parse('2026-11-26T12:00:00Z') / 1000 });
    expect(Math.abs((time ?? 0) - Date.now() / 1000)).toBeLessThan(60);
    expect(server.seen.map(({ url }) => url.split('?')[0])).toEqual(['/backups', '/backups']);
    expect(server.seen[0]?.headers).toMatchObject({ host: 's3.example.com' });
    expect(JSON.stringify(server.seen)).not.toContain('the-secret');
    expect(server.dialled[0]).toBe('s3.example.com:443');
  });

  it('ends if the service has pages without end', async () => {
    server.answer = (_, response) => void response.end(listing(['a'], 'again'));
    expect(await failure()).toBe('the prefix has more than 50 objects');
  });

  it('is of the port of the endpoint, and of the name of the bucket at Alibaba', async () => {
    await list({ endpoint: 's3.example.com:9000' });
    expect(server.dialled.at(-1)).toBe('s3.example.com:9000');
    expect(server.seen.at(-1)?.headers.host).toBe('s3.example.com:9000');
    await list({ endpoint: 'oss.aliyuncs.example.com' }).catch(() => undefined);
    expect(server.dialled.at(-1)).toBe('backups.oss.aliyuncs.example.com:443');
  });

  it('follows the bucket to its region if cluster.yml has none, and only then', async () => {
    server.answer = ({ headers }, response) => {
      if (headers.authorization?.includes('/eu-west-1/') === true) response.end(listing(['prod/a.zip']));
      else
        s3Error(
          400,
          'AuthorizationHeaderMalformed',
          '<Region>eu-west-1</Region>',
        )({ headers } as never, response);
    };
    expect((await list()).objects).toHaveLength(1);
    expect(await failure({ region: 'us-west-2' })).toContain('AuthorizationHeaderMalformed');
  });

  it('does not depend on the clock of this machine', async () => {
    const ahead = 3_600_000;
    server.answer = ({ headers }, response) => {
      response.setHeader('date', new Date(Date.now() + ahead).toUTCString());
      const stamp = String(headers['x-amz-date']).replace(
        /(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)/,
        '$1-$2-$3:$4:$5',
      );
      if (Math.abs(Date.parse(stamp) - Date.now() - ahead) < 60_000) response.end(listing(['prod/a.zip']));
      else s3Error(403, 'RequestTimeTooSkewed')({} as never, response);
    };
    expect((await list()).objects).toHaveLength(1);
  });
});

describe('a deletion', () => {
  it('is of exactly one object', async () => {
    server.answer = (_, response) => {
      response.statusCode = 204;
      response.end();
    };
    await s3.remove(server.host, bucket, { key: 'prod/a b.zip', signal });
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'DELETE /backups/prod/a%20b.zip',
    ]);
  });
});

describe('a failure', () => {
  it.each([
    ['InvalidAccessKeyId', 403, 'does not know the access key'],
    // That of versitygw.
    ['XAdminUserNotFound', 404, 'does not know the access key'],
    ['SignatureDoesNotMatch', 403, 'secret key does not belong'],
    ['RequestTimeTooSkewed', 403, 'the clock of the host differs'],
    ['NoSuchBucket', 404, 'the bucket does not exist'],
    ['AccessDenied', 403, 'denies access'],
    ['PermanentRedirect', 301, 'another region'],
    ['InternalError', 500, 'an internal error'],
    ['SlowDown', 503, 'an internal error'],
  ])('%s is named', async (code, status, what) => {
    server.answer = s3Error(status, code);
    expect(explainS3([await failure({ region: 'eu-west-1' })]).what).toContain(what);
  });

  it('is named if the CA, the name or the protocol is wrong', async () => {
    expect(explainS3([await failure({ customCa: '' })]).what).toContain('not trusted');
    expect(explainS3([await failure({ endpoint: 'other.example.com' })]).what).toContain('for another name');
  });

  it('is named if something else answers', async () => {
    server.answer = (_, response) => void response.end('<html>hello</html>');
    expect(explainS3([await failure()]).what).toContain('not an S3 service');
  });

  it.each([
    ['never answers', () => undefined],
    ['answers slowly', (_: unknown, response: { write: (text: string) => void }) => response.write('<')],
  ])('has a limit if the service %s', async (_, answer) => {
    server.answer = answer;
    const quick = createS3({ milliseconds: 100 });
    const error = await quick
      .list(server.host, bucket, { prefix: '', signal })
      .catch((cause: unknown) => cause as Error);
    expect(explainS3([(error as Error).message]).what).toContain('does not answer in time');
  });

  it('is named if the connection ends midway', async () => {
    server.answer = (request) => void request.socket.destroy();
    expect(explainS3([await failure()]).what).toContain('closed the connection');
  });

  it('ends at once when the run is interrupted', async () => {
    const stop = new AbortController();
    server.answer = () => stop.abort(new Error('stopped'));
    await expect(s3.list(server.host, bucket, { prefix: '', signal: stop.signal })).rejects.toThrow(
      'stopped',
    );
  });
});

describe('without keys', () => {
  it('the role of the instance is used, from the metadata service that only the host reaches', async () => {
    const keyless = { ...bucket, accessKey: '', secretKey: '' };
    const { host } = server;
    const metadata = await startMetadata();
    try {
      const dial: HostReader['dial'] = (target, options) =>
        target.port === 80 ? metadata.dial() : host.dial(target, options);
      await s3.list({ ...host, dial }, keyless, { prefix: '', signal });
      expect(server.seen[0]?.headers['x-amz-security-token']).toBe('temporary');
      expect(server.seen[0]?.headers.authorization).toContain('Credential=ASIAROLE/');
      const none: HostReader['dial'] = () => Promise.reject(new Error('connect failed'));
      const message = await failure({ accessKey: '', secretKey: '' }, { ...host, dial: none });
      expect(explainS3([message]).what).toContain('no instance role');
    } finally {
      await metadata.stop();
    }
  });
});

async function startMetadata() {
  const { createServer } = await import('node:http');
  const { connect } = await import('node:net');
  const role = { AccessKeyId: 'ASIAROLE', SecretAccessKey: 'role-secret', Token: 'temporary' };
  const answers: Readonly<Record<string, string>> = {
    'PUT /latest/api/token': 'imds-token',
    'GET /latest/meta-data/iam/security-credentials/': 'backup-role',
    'GET /latest/meta-data/iam/security-credentials/backup-role': JSON.stringify(role),
  };
  const http = createServer((request, response) => {
    const isKnown = request.method === 'PUT' || request.headers['x-aws-ec2-metadata-token'] === 'imds-token';
    response.end(isKnown ? answers[`${request.method} ${request.url}`] : '');
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as { port: number };
  return {
    dial: () => Promise.resolve(connect(port, '127.0.0.1')),
    stop: () => new Promise((resolve) => http.close(resolve)),
  };
}
