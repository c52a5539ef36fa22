import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ListedSnapshot } from '../../src/commands/etcd/list-snapshots.js';
import type { SavedSnapshot } from '../../src/core/events.js';
import { readZip, zipInMemory } from '../../src/state/zip.js';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { S3Server } from '../lab/s3-server.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn } from './kubectl.js';
import { RkeFolder, type RkeRun } from './rke.js';

const directory = '/opt/rke/etcd-snapshots';
const rolling = 'etcd-rolling-snapshots';

/** Snapshots in a real S3 service under a private CA, and recurring ones. */
describe('snapshots and S3', () => {
  let lab: Lab;
  let node: LabNode;
  let s3: S3Server;
  let folder: RkeFolder;

  beforeAll(async () => {
    lab = await startLab({ nodes: [{ hostname: 'solo' }, { hostname: 'bucket' }] });
    node = lab.nodes[0] as LabNode;
    s3 = await S3Server.create(lab.nodes[1] as LabNode);
    folder = await RkeFolder.create(cluster('snapshot: true, creation: 12s, retention: 30s'));
    await folder.write('ca.pem', s3.ca);
    folder.env = { RKE_S3_ACCESS_KEY: s3.accessKey, RKE_S3_SECRET_KEY: s3.secretKey };
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  const cluster = (etcd: string): string =>
    clusterYml(lab, { nodes: [node], more: `services: { etcd: { ${etcd} } }\n` });
  /** Flags of the bucket, some of which are changed, or left out if they are empty. */
  const bucketFlags = (change: Readonly<Record<string, string>> = {}): string[] => {
    const flags = {
      'bucket-name': s3.bucket,
      's3-endpoint': s3.endpoint,
      's3-endpoint-ca': 'ca.pem',
      region: s3.region,
      folder: 'prod',
      ...change,
    };
    const words = Object.entries(flags).flatMap(([flag, value]) =>
      value === '' ? [] : [`--${flag}`, value],
    );
    return ['--s3', ...words];
  };
  const save = (name: string, change?: Readonly<Record<string, string>>): Promise<RkeRun> =>
    folder.rke(['etcd', 'snapshot-save', '--name', name, '-o', 'json', ...bucketFlags(change)]);
  const local = async (pattern: string): Promise<string[]> => {
    const { stdout } = await node.exec(['find', directory, '-name', pattern, '-printf', '%f\n']);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .sort();
  };

  it('takes recurring snapshots with the state in each, and deletes them after their retention', async () => {
    const first = await vi.waitFor(
      async () => {
        const names = await local('*_etcd.zip');
        expect(names.length).toBeGreaterThanOrEqual(2);
        return names[0] ?? '';
      },
      { timeout: 60_000, interval: 500 },
    );
    const archive = Buffer.from(await node.must(['base64', `${directory}/${first}`]), 'base64');
    const state = (await readZip(zipInMemory(archive))).find(({ name }) => name.endsWith('_etcd.rkestate'));
    expect((await state?.content())?.toString('utf8')).toContain('"certificatesBundle"');
    await vi.waitFor(async () => expect(await local(first)).toEqual([]), { timeout: 60_000, interval: 500 });
    expect((await local('*_etcd.zip')).length).toBeGreaterThanOrEqual(2);
  });

  it('uploads a snapshot from the host, with no key in the container, and compares it', async () => {
    const { code, stdout, stderr } = await save('nightly');
    expect(code, stderr).toBe(0);
    const { snapshots } = JSON.parse(stdout) as { snapshots: SavedSnapshot[] };
    const key = 'prod/nightly.zip';
    expect(snapshots).toMatchObject([
      { name: 'nightly', hasState: true, upload: { bucket: s3.bucket, key, isDone: true } },
    ]);
    expect(await s3.sha256Of(key)).toBe(snapshots[0]?.sha256);
    // It has a name now that another snapshot must not get.
    await node.must(['rm', `${directory}/nightly.zip`]);
    const again = await save('nightly');
    expect(again.code).toBe(8);
    expect(again.stderr).toContain(`bucket ${s3.bucket} has a snapshot with the name nightly already`);
    expect(await local('nightly.zip')).toEqual([]);
  });

  it('checks the object by a download, lists the result, and names one that is damaged', async () => {
    const verify = (name: string): Promise<RkeRun> =>
      folder.rke(['etcd', 'verify', name, '-o', 'json', ...bucketFlags()]);
    const { code, stdout, stderr } = await verify('nightly');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      verified: [{ file: `s3://${s3.bucket}/prod/nightly.zip`, s3: { key: 'prod/nightly.zip' } }],
    });
    const listed = await folder.rke(['etcd', 'ls', '-o', 'json', ...bucketFlags()]);
    expect(listed.code, listed.stderr).toBe(0);
    const { snapshots } = JSON.parse(listed.stdout) as { snapshots: ListedSnapshot[] };
    expect(snapshots.find(({ name }) => name === 'nightly')).toMatchObject({
      ...{ copies: [], verified: true, s3: { verified: expect.any(String) as string } },
      kubernetesVersion: 'v1.30.4-rancher1-1',
    });

    const sha256 = await s3.sha256Of('prod/nightly.zip');
    await s3.flip('prod/nightly.zip');
    const damaged = await verify('nightly').finally(() => s3.flip('prod/nightly.zip'));
    expect(damaged.code, damaged.stderr).toBe(8);
    expect(damaged.stderr).toContain(`snapshot nightly in bucket ${s3.bucket} at ${s3.endpoint} is damaged`);
    expect(await s3.sha256Of('prod/nightly.zip')).toBe(sha256);
    expect(await local('.download')).toEqual([]);
    expect(await local('nightly.zip')).toEqual([]);
  });

  type Flags = Readonly<Record<string, string>>;
  it.each<[what: string, flags: () => Flags | Promise<Flags>, why: string]>([
    ['a wrong access key', () => ({ 'access-key': 'AKIAOTHER' }), 'does not know the access key'],
    [
      'a wrong secret key',
      () => ({ 'secret-key': 'another' }),
      'secret key does not belong to the access key',
    ],
    ['a wrong bucket', () => ({ 'bucket-name': 'missing' }), 'the bucket does not exist'],
    [
      'a CA that is not set',
      () => ({ 's3-endpoint-ca': '' }),
      'certificate of the S3 service is not trusted',
    ],
    [
      'a closed port',
      () => ({ 's3-endpoint': `${node.address}:9999` }),
      'the host does not reach the S3 service',
    ],
    [
      'a service that stops midway',
      // Enough for requests, and less than an archive.
      async () => ({ 's3-endpoint': await s3.cutAfter(100_000) }),
      // versitygw keeps what it got, and rke-tools may report success.
      'the S3 service closed the connection|the object in the bucket is not complete',
    ],
  ])('names %s, and keeps the snapshot on the host', async (what, flags, why) => {
    const name = what.replaceAll(/\W/g, '-');
    const failed = await save(name, await flags());
    expect(failed.code, failed.stderr).toBe(8);
    expect(failed.stderr).toContain('failed to upload etcd snapshot file to bucket');
    expect(failed.stderr).toMatch(new RegExp(why));
    expect(JSON.parse(failed.stdout)).toMatchObject({
      snapshots: [{ name, upload: { isDone: false } }],
      errors: [{ code: 'SNAPSHOT_NOT_UPLOADED' }],
    });
    expect(await local(`${name}.zip`)).toEqual([`${name}.zip`]);
    expect(await s3.objects()).toEqual(['prod/nightly.zip']);
    expect(`${failed.stdout}${failed.stderr}${await folder.read('cluster.log')}`).not.toContain(s3.secretKey);
  });

  it('has a limit if the service does not answer', async () => {
    await s3.freeze();
    const failed = await save('frozen').finally(() => s3.unfreeze());
    expect(failed.code).toBe(8);
    expect(failed.stderr).toContain('the S3 service does not answer in time');
    expect(failed.seconds).toBeLessThan(90);
    expect(await local('frozen.zip')).toEqual(['frozen.zip']);
  });

  it('copies recurring snapshots to the bucket, and deletes them there after their retention', async () => {
    const block = {
      endpoint: s3.endpoint,
      bucket_name: s3.bucket,
      region: s3.region,
      folder: 'recurring',
      access_key: s3.accessKey,
      secret_key: s3.secretKey,
      custom_ca: s3.ca,
    };
    const backup = JSON.stringify({ interval_hours: 1, retention: 2, s3backupconfig: block });
    await folder.write('cluster.yml', cluster(`backup_config: ${backup}`));
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain(s3.secretKey);
    const inspect = (field: string): Promise<string> =>
      node.must(['docker', 'inspect', '-f', `{{json ${field}}}`, rolling]);
    const cmd = JSON.parse(await inspect('.Config.Cmd')) as string[];
    expect(cmd).toEqual(expect.arrayContaining(['--creation=1h', '--retention=2h', '--s3-folder=recurring']));
    // The same container, with an interval that a test can wait for.
    const env = (JSON.parse(await inspect('.Config.Env')) as string[]).filter((one) => one.startsWith('S3_'));
    const binds = JSON.parse(await inspect('.HostConfig.Binds')) as string[];
    const image = JSON.parse(await inspect('.Config.Image')) as string;
    const quick = cmd.map((one) =>
      one.replace(/^(--creation)=.*/, '$1=4s').replace(/^(--retention)=.*/, '$1=10s'),
    );
    await node.must([
      ...['docker', 'run', '-d', '--name', 'quick', '--network', 'host'],
      ...env.flatMap((one) => ['-e', one]),
      ...binds.flatMap((one) => ['-v', one]),
      ...[image, ...quick],
    ]);
    const recurring = async (): Promise<string[]> =>
      (await s3.objects()).filter((key) => key.startsWith('recurring/'));
    const first = await vi.waitFor(
      async () => {
        const keys = await recurring();
        expect(keys.length).toBeGreaterThanOrEqual(2);
        return keys[0] ?? '';
      },
      { timeout: 60_000, interval: 500 },
    );
    expect(first).toMatch(/^recurring\/\d{4}-\d\d-\d\dT[\d:]+Z_etcd\.zip$/);
    await vi.waitFor(async () => expect(await recurring()).not.toContain(first), {
      timeout: 60_000,
      interval: 500,
    });
    expect(await s3.objects()).toContain('prod/nightly.zip');
    await node.must(['docker', 'rm', '-f', 'quick']);
  });

  it('is restored from the bucket', async () => {
    const kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
    await kubectl(['create', 'namespace', 'after']);
    const restore = (name: string): Promise<RkeRun> =>
      folder.rke(['etcd', 'snapshot-restore', '--name', name, '--yes', ...bucketFlags()]);
    const missing = await restore('nigthly');
    expect(missing.code, missing.stderr).toBe(8);
    expect(missing.stderr.replaceAll(/\s+/g, ' ')).toContain('did you mean "nightly"?');
    await s3.stop();
    const stopped = await restore('nightly').finally(() => s3.start());
    expect(stopped.code, stopped.stderr).toBe(8);
    expect(stopped.stderr).toContain('the host does not reach the S3 service');
    await kubectl(['get', 'namespace', 'after']);

    const { code, stderr } = await restore('nightly');
    expect(code, stderr).toBe(0);
    expect(await local('nightly.zip')).toEqual(['nightly.zip']);
    const names = (await kubectl(['get', 'namespaces', '-o', 'name'])).split('\n');
    expect(names).toContain('namespace/kube-system');
    expect(names).not.toContain('namespace/after');
    expect(stderr + (await folder.read('cluster.log'))).not.toContain(s3.secretKey);
  });
});
