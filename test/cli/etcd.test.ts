import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RkeError } from '../../src/core/errors.js';
import { redactText } from '../../src/core/redact.js';
import { lockState } from '../../src/run/state/lock-state.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { readS3Flags, type S3Flags } from '../../src/cli/options/s3-flags.js';
import { runIn, useFolder, type Ran } from './run.js';

const folder = useFolder();
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

describe('the S3 flags of rke etcd snapshot-save', () => {
  const read = (flags: S3Flags, env: Record<string, string> = {}): ReturnType<typeof readS3Flags> =>
    readS3Flags(flags, { cwd: folder(), env }, recordingSink());
  const failure = (flags: S3Flags, env = {}): Promise<unknown> =>
    read(flags, env).catch((error: unknown) => error);

  it('leave s3backupconfig of the cluster file in force without --s3', async () => {
    expect(await read({}, { RKE_S3_ACCESS_KEY: 'a', RKE_S3_SECRET_KEY: 'b' })).toBeUndefined();
  });

  it('replace it as a whole with --s3, with the endpoint of AWS and no keys by default', async () => {
    expect(await read({ s3: true, bucketName: 'b' })).toEqual({
      endpoint: 's3.amazonaws.com',
      bucketName: 'b',
    });
    await writeFile(join(folder(), 'ca.pem'), pem);
    const flags = { s3: true, bucketName: 'b', s3Endpoint: 'minio:9000', region: 'r', folder: 'f' };
    expect(await read({ ...flags, s3EndpointCa: 'ca.pem', accessKey: 'a', secretKey: 's' })).toEqual({
      endpoint: 'minio:9000',
      bucketName: 'b',
      accessKey: 'a',
      secretKey: 's',
      region: 'r',
      folder: 'f',
      customCa: pem,
    });
  });

  it('take keys from the environment, and the secret key from a file', async () => {
    const env = { RKE_S3_ACCESS_KEY: 'a', RKE_S3_SECRET_KEY: 'b' };
    expect(await read({ s3: true, bucketName: 'b' }, env)).toMatchObject({ accessKey: 'a', secretKey: 'b' });
    await writeFile(join(folder(), 'secret'), 'from a file\n');
    expect(await read({ s3: true, bucketName: 'b', secretKeyFile: 'secret' }, env)).toMatchObject({
      accessKey: 'a',
      secretKey: 'from a file',
    });
  });

  it.each<[S3Flags, string]>([
    [{ bucketName: 'b' }, '--bucket-name has no effect without --s3'],
    [{ secretKey: 's' }, '--secret-key has no effect without --s3'],
    [{ s3: true }, 'no bucket'],
    [{ s3: true, bucketName: 'b', s3Endpoint: 'https://minio:9000' }, 'without scheme'],
    [{ s3: true, bucketName: 'b/prod' }, 'invalid bucket name "b/prod"'],
    [{ s3: true, bucketName: 's3://b' }, 'invalid bucket name'],
    [{ s3: true, bucketName: 'b', folder: 'a\nb' }, 'no control characters'],
    [{ s3: true, bucketName: 'b', folder: '../prod' }, 'no part . or ..'],
    [{ s3: true, bucketName: 'b', folder: 'x'.repeat(701) }, '700 bytes'],
    [{ s3: true, bucketName: 'b', accessKey: 'a' }, 'the secret key is missing'],
    [{ s3: true, bucketName: 'b', secretKey: 's' }, 'the access key is missing'],
    [{ s3: true, bucketName: 'b', s3EndpointCa: 'none.pem' }, 'no such file'],
    [{ s3: true, bucketName: 'b', s3EndpointCa: 'secret' }, 'not a certificate'],
  ])('are refused if they have no effect or cannot work: %j', async (flags, why) => {
    await writeFile(join(folder(), 'secret'), 'text');
    const error = await failure(flags);
    expect(error).toMatchObject({ code: 'USAGE', message: expect.stringContaining(why) as string });
    // A fix that names a flag must not look like one that has a secret behind it.
    const { fix = '' } = error as RkeError;
    expect(redactText(fix)).toBe(fix);
  });
});

describe('rke etcd snapshot-save', { timeout: 30_000 }, () => {
  const run = (...argv: string[]): Promise<Ran> => runIn(folder(), ['etcd', 'snapshot-save', ...argv]);
  beforeEach(() =>
    writeFile(
      join(folder(), 'cluster.yml'),
      'nodes: [{ address: 127.0.0.1, port: 1, user: ops, role: [controlplane, etcd, worker] }]\nnetwork: { plugin: flannel }\ningress: { provider: none }\n',
    ),
  );

  it('refuses a name that is part of a path, before anything else', async () => {
    const { code, stderr, stdout } = await run('--name', '../x');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('invalid snapshot name "../x"');
  });

  it('fails if no host is reached, with the errors as JSON', async () => {
    const { code, stdout, stderr } = await run('--name', 'nightly', '-o', 'json');
    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'nightly',
      snapshots: [],
      errors: [{ host: '127.0.0.1', code: expect.stringContaining('SSH') as string }],
    });
    expect(stderr.replace(/\s+/g, ' ')).toContain('so the snapshot has no state in it');
  });

  it('shows no secret key in its help, and how to avoid one in the arguments', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain('other users of this machine can see');
  });
});

describe('rke etcd snapshot-restore', { timeout: 30_000 }, () => {
  const run = (...argv: string[]): Promise<Ran> => runIn(folder(), ['etcd', 'snapshot-restore', ...argv]);
  const write = (text: string): Promise<void> => writeFile(join(folder(), 'cluster.yml'), text);
  beforeEach(() =>
    write(
      'nodes: [{ address: 127.0.0.1, port: 1, user: ops, role: [controlplane, etcd, worker] }]\nnetwork: { plugin: flannel }\ningress: { provider: none }\n',
    ),
  );

  it.each<[string, string[], string]>([
    ['without a name', [], '--name'],
    ['with a name that is part of a path', ['--name', '../x'], 'invalid snapshot name "../x"'],
    ['with an option as its name', ['--name=-x'], 'invalid snapshot name "-x"'],
    [
      'from a file and from S3',
      ['--name', 'x', '--file', 'x.zip', '--s3'],
      "cannot be used with option '--s3'",
    ],
    ['from a file that is not there', ['--name', 'x', '--file', 'none.zip'], 'none.zip: no such file'],
    ['with a name that no file can have', ['--name', 'x'.repeat(300)], '251 characters at most'],
    ['from S3 without a bucket', ['--name', 'x', '--s3'], 'no bucket'],
    ['with a bucket and without --s3', ['--name', 'x', '--bucket-name', 'b'], 'no effect without --s3'],
  ])('is refused %s, before any host is contacted', async (_, argv, why) => {
    const { code, stdout, stderr } = await run(...argv);
    expect([code, stdout], stderr).toEqual([2, '']);
    expect(stderr.replace(/\s+/g, ' ')).toContain(why);
  });

  it('is refused for external etcd', async () => {
    await write(
      'nodes: [{ address: 127.0.0.1, port: 1, user: ops, role: [controlplane, worker] }]\nservices: { etcd: { external_urls: ["https://etcd.example.com:2379"], ca_cert: c, cert: c, key: k, path: /etcd } }\nnetwork: { plugin: flannel }\n',
    );
    const { code, stderr } = await run('--name', 'x');
    expect(code, stderr).toBe(8);
    expect(stderr).toContain('no etcd host');
  });

  it('takes the name of the file for that of the snapshot, and fails if no host is reached', async () => {
    const { code, stderr } = await run('--name', 'nightly.zip', '--cert-dir', 'certs');
    expect(code, stderr).toBe(5);
    expect(stderr.replace(/\s+/g, ' ')).toContain('the name of the snapshot is nightly, without .zip');
    expect(stderr).toContain('--cert-dir has no effect without --custom-certs');
  });

  it('is refused while another one runs, with its process, and so is its --cancel', async () => {
    const command = 'rke etcd snapshot-restore';
    await using lock = await lockState(join(folder(), 'cluster.rkestate'), undefined, command);
    await lock.check();
    for (const flags of [['--yes'], ['--cancel']]) {
      const { code, stdout, stderr } = await run('--name', 'nightly', ...flags);
      expect([code, stdout], stderr).toEqual([4, '']);
      expect(stderr).toContain(`another run is working on the cluster: ${command} by `);
      expect(stderr).toContain(`(pid ${process.pid})`);
    }
  });

  it.each([
    ['--cancel without a restore that is unfinished', [], 'nothing to cancel'],
    ['--cancel with a file', ['--file', 'x.zip'], "cannot be used with option '--file <file>'"],
  ])('refuses %s, before any host is contacted', async (_, argv, why) => {
    const { code, stdout, stderr } = await run('--name', 'nightly', '--cancel', ...argv);
    expect([code, stdout], stderr).toEqual([2, '']);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(why);
  });

  it('explains in its help that it asks, and continues what was interrupted', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    for (const flag of ['--file', '--use-local-state', '--yes', '--s3', '--disable-port-check'])
      expect(stdout).toContain(flag);
    expect(stdout.replace(/\s+/g, ' ')).toContain('Run the same command again to continue a restore');
  });
});
