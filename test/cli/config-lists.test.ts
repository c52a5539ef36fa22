import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemImages } from '../../src/config/schema/system-images.js';
import { bare, metaOf } from '../../src/config/schema/field.js';
import { imageRoles } from '../../src/versions/image-roles.js';
import { dataJson, images } from '../versions/data-json.js';
import { runIn, type Ran } from './run.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rke-config-'));
  const gated = dataJson({
    K8sVersionRKESystemImages: {
      'v1.30.5-rancher1-1': images('v1.30.5-rancher1'),
      'v1.31.12-rancher1-1': images('v1.31.12-rancher1', 'rke-extended-life'),
    },
  });
  await writeFile(join(folder, 'data.json'), JSON.stringify(gated));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...argv: readonly string[]): Promise<Ran> => runIn(folder, ['config', ...argv]);
const runWithGated = (...argv: readonly string[]): Promise<Ran> =>
  runIn(folder, ['config', ...argv], { RANCHER_METADATA_URL: 'data.json' });

describe('rke config --list-version', () => {
  it.each([[['--list-version']], [['-l']]])('prints only the default version with %j', async (argv) => {
    expect(await run(...argv)).toEqual({ code: 0, stdout: 'v1.30.5-rancher1-1\n', stderr: '' });
  });

  it('prints the newest version of each current minor version with --all', async () => {
    expect((await run('--list-version', '--all')).stdout).toBe(
      'v1.31.1-rancher1-1\nv1.30.5-rancher1-1\nv1.29.9-rancher1-1\nv1.28.14-rancher1-1\nv1.27.16-rancher1-1\n',
    );
  });

  it('warns on stderr of versions whose images are not public', async () => {
    const { stdout, stderr } = await runWithGated('-l', '-a');
    expect(stdout).toBe('v1.31.12-rancher1-1\nv1.30.5-rancher1-1\n');
    expect(stderr).toBe(
      'warning: the images of v1.31.12-rancher1-1 are not public; use v1.30.5-rancher1-1\n',
    );
  });

  it('prints the versions as JSON', async () => {
    expect(JSON.parse((await runWithGated('-l', '-a', '-o', 'json')).stdout)).toEqual({
      default: 'v1.30.5-rancher1-1',
      versions: [
        { version: 'v1.31.12-rancher1-1', default: false, public: false, instead: 'v1.30.5-rancher1-1' },
        { version: 'v1.30.5-rancher1-1', default: true, public: true },
      ],
    });
  });
});

describe('rke config --system-images', () => {
  it('prints the images of the default version once each, in the order of RKE v1, without Windows images', async () => {
    const { code, stdout, stderr } = await run('--system-images');
    const listed = stdout.trimEnd().split('\n');
    expect(code).toBe(0);
    expect(listed.slice(0, 3)).toEqual([
      'rancher/mirrored-coreos-etcd:v3.5.12',
      'rancher/rke-tools:v0.1.103',
      'rancher/mirrored-k8s-dns-kube-dns:1.23.0',
    ]);
    expect(listed).toContain('rancher/hyperkube:v1.30.5-rancher1');
    expect(listed).toHaveLength(new Set(listed).size);
    expect(stderr).toBe('Generating images list for version [v1.30.5-rancher1-1]:\n');
  });

  it('prints the images of the version given with --version', async () => {
    const { stdout } = await run('-s', '--version', 'v1.19.16-rancher1-1');
    expect(stdout).toContain('rancher/hyperkube:v1.19.16-rancher1\n');
    expect(stdout).not.toContain('v1.30');
  });

  it('prints the images of all current versions once each with --all', async () => {
    const { stdout, stderr } = await run('-s', '--all');
    const listed = stdout.trimEnd().split('\n');
    for (const version of ['v1.31.1', 'v1.30.5', 'v1.29.9', 'v1.28.14', 'v1.27.16'])
      expect(listed).toContain(`rancher/hyperkube:${version}-rancher1`);
    expect(listed).toHaveLength(new Set(listed).size);
    expect(stderr.match(/Generating/g)).toHaveLength(5);
  });

  it('prints JSON with the keys of cluster.yml', async () => {
    const { stdout, stderr } = await run('-s', '--version', 'v1.29.9-rancher1-1', '-o', 'json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      versions: [
        {
          version: 'v1.29.9-rancher1-1',
          default: false,
          public: true,
          images: {
            kubernetes: 'rancher/hyperkube:v1.29.9-rancher1',
            pod_infra_container: 'rancher/mirrored-pause:3.7',
          },
        },
      ],
    });
    expect(stdout).not.toContain('windows');
  });

  it('overrides --list-version, the same as RKE v1', async () => {
    expect((await run('-s', '-l')).stdout).toContain('rancher/rke-tools');
  });

  it('suggests the version that was probably meant, with exit code 2', async () => {
    const { code, stdout, stderr } = await run('-s', '--version', 'v1.29.9-rancher1');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('did you mean "v1.29.9-rancher1-1"?');
    expect(stderr).not.toContain('    at ');
  });
});

describe('roles of images', () => {
  it('are the keys of system_images in cluster.yml, with the same JSON names', () => {
    const known = Object.entries(systemImages.shape)
      .map(([key, type]) => ({ key, meta: metaOf(bare(type)) }))
      .filter(({ meta }) => meta.retired === undefined);
    const keys = known.map(({ key }) => key);
    expect(imageRoles.map(({ key }) => key).toSorted()).toEqual(keys.toSorted());
    const named = known.filter(({ meta }) => meta.json !== undefined);
    expect(named.map(({ key }) => imageRoles.find((role) => role.key === key)?.json)).toEqual(
      named.map(({ meta }) => meta.json),
    );
    expect(named.length).toBeGreaterThan(1);
  });
});

describe('the command line', () => {
  it('prints the version of rke with --version and no command', async () => {
    expect((await runIn(folder, ['--version'])).stdout).toMatch(/^rke version v/);
  });

  it.each([[['-o', 'yaml', '-l']], [['--no-such']], [['nothing']]])(
    'refuses %j with exit code 2',
    async (argv) => {
      expect((await run(...argv)).code).toBe(2);
    },
  );

  it('has examples in its help', async () => {
    expect((await run('--help')).stdout).toMatch(/RANCHER_METADATA_URL[\s\S]*Examples/);
  });
});
