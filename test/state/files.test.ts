import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAtomically } from '../../src/state/atomic-write.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { encodeState } from '../../src/state/codec.js';
import { createFileStore, type FileStore } from '../../src/state/file-store.js';
import { writeKubeconfig } from '../../src/state/kubeconfig-file.js';
import { clusterPaths } from '../../src/state/paths.js';
import { createSeal } from '../../src/state/seal.js';
import { stateText } from '../pki/takeover.js';
import { SimulatedDisk } from './simulated-disk.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'rke-state-'));
  path = join(folder, 'cluster.rkestate');
});

afterEach(async () => {
  await fs.rm(folder, { recursive: true, force: true });
});

describe('writeAtomically', () => {
  it('writes with access for the owner only, whatever the mode was before', async () => {
    await fs.writeFile(path, 'old', { mode: 0o644 });
    await writeAtomically(path, 'new');
    expect(await fs.readFile(path, 'utf8')).toBe('new');
    expect((await fs.stat(path)).mode & 0o777).toBe(0o600);
    expect(await fs.readdir(folder)).toEqual(['cluster.rkestate']);
  });

  it('keeps a link, and replaces its target', async () => {
    await fs.writeFile(join(folder, 'real'), 'old');
    await fs.symlink('real', path);
    await writeAtomically(path, 'new');
    expect((await fs.lstat(path)).isSymbolicLink()).toBe(true);
    expect(await fs.readFile(join(folder, 'real'), 'utf8')).toBe('new');
  });
});

describe('the state store in a file', () => {
  const numbered = (number: number): ClusterState => ({
    desiredState: { encryptionConfig: `version ${number}` },
    currentState: {},
  });
  const text = (number: number): string => encodeState(numbered(number));
  const read = (name: string): Promise<string> => fs.readFile(join(folder, name), 'utf8');

  it('is empty before the first save', async () => {
    expect(await createFileStore(path).load()).toBeUndefined();
    expect(await createFileStore(path).backups()).toEqual([]);
    expect(await createFileStore(join(folder, 'none', 'cluster.rkestate')).backups()).toEqual([]);
  });

  it('keeps the version before the last, and writes nothing if nothing has changed', async () => {
    await fs.writeFile(path, stateText);
    const store = createFileStore(path);
    const state = await store.load();
    if (state === undefined) throw new Error('no state');
    expect(await store.save(state)).toBe(false);
    expect(await fs.readdir(folder)).toEqual(['cluster.rkestate']);
    expect(await store.save({ ...state, currentState: {} })).toBe(true);
    expect(await read('cluster.rkestate.bak')).toBe(stateText);
    expect((await fs.stat(`${path}.bak`)).mode & 0o777).toBe(0o600);
    expect((await store.load())?.currentState).toEqual({});
  });

  it('keeps as many versions as configured, each under its age', async () => {
    const store = createFileStore(path);
    for (let number = 1; number <= 8; number++) await store.save(numbered(number));
    const names = ['bak', 'bak.2', 'bak.3', 'bak.4', 'bak.5'].map((suffix) => `cluster.rkestate.${suffix}`);
    expect((await fs.readdir(folder)).sort()).toEqual(['cluster.rkestate', ...names]);
    expect(await Promise.all(names.map(read))).toEqual([7, 6, 5, 4, 3].map(text));
    expect(await store.backups()).toEqual(names.map((name) => join(folder, name)));

    await createFileStore(path, { keep: 2 }).save(numbered(9));
    expect((await fs.readdir(folder)).sort()).toEqual(['cluster.rkestate', ...names.slice(0, 2)]);
    expect(await Promise.all(names.slice(0, 2).map(read))).toEqual([8, 7].map(text));

    await createFileStore(path, { keep: 0 }).save(numbered(10));
    expect(await fs.readdir(folder)).toEqual(['cluster.rkestate']);
  });

  it('moves the state of a removed cluster into the history', async () => {
    const store = createFileStore(path);
    await store.save(numbered(1));
    await store.save(numbered(2));
    await store.remove();
    expect(await store.load()).toBeUndefined();
    expect([await read('cluster.rkestate.bak'), await read('cluster.rkestate.bak.2')]).toEqual([
      text(2),
      text(1),
    ]);
    await store.remove();
    expect(await fs.readdir(folder)).toHaveLength(2);
    await createFileStore(path, { keep: 0 }).save(numbered(3));
    await createFileStore(path, { keep: 0 }).remove();
    expect(await store.load()).toBeUndefined();
  });

  it('restores the mode and removes the temporaries of a killed run, even if nothing has changed', async () => {
    const store = createFileStore(path);
    await store.save(numbered(1));
    await fs.chmod(path, 0o644);
    await fs.writeFile(`${path}.0123456789ab.tmp`, 'half');
    expect(await store.save(numbered(1))).toBe(false);
    expect((await fs.stat(path)).mode & 0o777).toBe(0o600);
    expect(await fs.readdir(folder)).toEqual(['cluster.rkestate']);
  });

  it('does not touch files whose names only begin the same', async () => {
    const others = ['cluster.rkestate.bak.old', 'cluster.rkestate.bak.1', 'cluster.rkestate.bak.02', 'x.tmp'];
    await Promise.all(others.map((name) => fs.writeFile(join(folder, name), name)));
    const store = createFileStore(path, { keep: 1 });
    for (let number = 1; number <= 3; number++) await store.save(numbered(number));
    for (const name of others) expect(await read(name)).toBe(name);
  });

  it.each([
    ['STATE_EMPTY', ''],
    ['STATE_TRUNCATED', stateText.slice(0, 5000)],
    ['STATE_FOREIGN', '{"apiVersion": "v1"}'],
    ['STATE_FUTURE', '{"version": 2, "desiredState": {}}'],
    ['STATE_ENCRYPTED', '{ "format": "rke-encrypted-state", "version": 1 }'],
  ])('does not overwrite a file that fails with %s', async (code, bad) => {
    await fs.writeFile(path, bad);
    const store = createFileStore(path);
    await expect(store.load()).rejects.toMatchObject({ code, exitCode: 4 });
    await expect(store.save(numbered(1))).rejects.toMatchObject({ code, exitCode: 4 });
    expect(await read('cluster.rkestate')).toBe(bad);
    expect(await fs.readdir(folder)).toEqual(['cluster.rkestate']);
  });

  it('reports what cannot be read or written', async () => {
    await fs.mkdir(path);
    await expect(createFileStore(path).load()).rejects.toMatchObject({
      code: 'STATE_READ_FAILED',
      exitCode: 4,
    });
    const nowhere = createFileStore(join(folder, 'none', 'cluster.rkestate'));
    await expect(nowhere.save(numbered(1))).rejects.toMatchObject({
      code: 'STATE_WRITE_FAILED',
      exitCode: 4,
    });
  });

  it.each([
    ['ENOSPC', 'cannot write prod/cluster.rkestate: the disk is full', 'free space on the disk of prod'],
    ['EROFS', 'cannot write prod/cluster.rkestate: prod is read-only', 'mount it read-write'],
    ['EACCES', 'cannot write prod/cluster.rkestate: no permission to write in prod', 'as the owner of prod'],
  ] as const)('reports %s with its cause and fix', async (what, message, fix) => {
    const disk = new SimulatedDisk({ 'prod/cluster.rkestate': text(1) });
    disk.fault = { step: 0, what };
    const saving = createFileStore('prod/cluster.rkestate', { files: disk }).save(numbered(2));
    await expect(saving).rejects.toMatchObject({
      code: 'STATE_WRITE_FAILED',
      exitCode: 4,
      message,
      fix: expect.stringContaining(fix) as string,
    });
    expect(disk.contents).toEqual({ 'prod/cluster.rkestate': text(1) });
  });
});

describe('the state store with a passphrase', () => {
  const cheap = { n: 2, r: 1, p: 1 };
  const sealed = (): FileStore => createFileStore(path, { seal: createSeal('secret', cheap) });
  const isClear = async (name: string): Promise<boolean> =>
    (await fs.readFile(join(folder, name), 'utf8')).includes('BEGIN RSA PRIVATE KEY');
  const clearNames = async (): Promise<string[]> => {
    const names = (await fs.readdir(folder)).sort();
    const clear = await Promise.all(names.map(isClear));
    return names.filter((_, index) => clear[index]);
  };

  it('encrypts the file and its history from the first write on', async () => {
    await fs.writeFile(path, stateText);
    const plain = createFileStore(path);
    const state = await plain.load();
    if (state === undefined) throw new Error('no state');
    await plain.save({ ...state, currentState: { encryptionConfig: 'a' } });
    await plain.save({ ...state, currentState: { encryptionConfig: 'b' } });
    expect(await clearNames()).toHaveLength(3);

    await sealed().save({ ...state, currentState: { encryptionConfig: 'c' } });
    expect(await clearNames()).toEqual([]);
    expect((await sealed().load())?.currentState.encryptionConfig).toBe('c');
    expect((await sealed().read(`${path}.bak.3`))?.text).toBe(stateText);
    expect(await sealed().save({ ...state, currentState: { encryptionConfig: 'c' } })).toBe(false);
  });

  it('cannot be read or written without the passphrase, nor with another one', async () => {
    await sealed().save({ desiredState: {}, currentState: {} });
    const before = await fs.readFile(path, 'utf8');
    await expect(createFileStore(path).load()).rejects.toMatchObject({
      code: 'STATE_ENCRYPTED',
      exitCode: 4,
      fix: expect.stringContaining('--state-key-file') as string,
    });
    const other = createFileStore(path, { seal: createSeal('other', cheap) });
    const saving = other.save({ desiredState: {}, currentState: { encryptionConfig: 'new' } });
    await expect(saving).rejects.toMatchObject({ code: 'STATE_PASSPHRASE_WRONG' });
    expect(await fs.readFile(path, 'utf8')).toBe(before);
  });

  it('is converted in both directions without a change of content', async () => {
    await fs.writeFile(path, stateText);
    await fs.writeFile(`${path}.bak`, stateText);
    const changed = await sealed().convertTo(sealed());
    expect(changed).toEqual([`${path}.bak`, path]);
    expect(await clearNames()).toEqual([]);
    expect(await sealed().convertTo(sealed())).toEqual([]);
    await sealed().convertTo(createFileStore(path));
    expect([await fs.readFile(path, 'utf8'), await fs.readFile(`${path}.bak`, 'utf8')]).toEqual([
      stateText,
      stateText,
    ]);
  });
});

describe('writeKubeconfig', () => {
  it('writes with access for the owner only, and leaves an identical file untouched', async () => {
    await writeKubeconfig(path, 'text');
    const { ino, mode } = await fs.stat(path);
    expect(mode & 0o777).toBe(0o600);
    await writeKubeconfig(path, 'text');
    expect((await fs.stat(path)).ino).toBe(ino);
    await writeKubeconfig(path, 'other');
    expect(await fs.readFile(path, 'utf8')).toBe('other');
  });

  it.each(['text', 'other'])(
    'restores the mode and removes temporaries if the new content is %s',
    async (text) => {
      await fs.writeFile(path, 'text');
      await fs.chmod(path, 0o644);
      const left = [`${path}.0123456789ab.tmp`, `${path}.bak.0123456789ab.tmp`];
      for (const one of left) await fs.writeFile(one, 'half');
      await fs.writeFile(`${path}.tmp`, "the user's own");
      await writeKubeconfig(path, text, { keepsBefore: text === 'other' });
      expect((await fs.stat(path)).mode & 0o777).toBe(0o600);
      expect(await fs.readFile(path, 'utf8')).toBe(text);
      const names = await fs.readdir(dirname(path));
      expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([basename(`${path}.tmp`)]);
      expect(names.some((name) => name.endsWith('.bak'))).toBe(text === 'other');
    },
  );
});

describe('clusterPaths', () => {
  it.each([
    ['cluster.yml', 'cluster.rkestate', 'kube_config_cluster.yml', 'cluster.log', 'cluster_certs'],
    [
      './x/prod.v1.yaml',
      'x/prod.v1.rkestate',
      'x/kube_config_prod.v1.yaml',
      'x/prod.v1.log',
      'x/prod.v1_certs',
    ],
    [
      '/etc/rke/cluster',
      '/etc/rke/cluster.rkestate',
      '/etc/rke/kube_config_cluster',
      '/etc/rke/cluster.log',
      '/etc/rke/cluster_certs',
    ],
  ])('are beside %s', (config, state, kubeconfig, log, certDir) => {
    expect(clusterPaths(config)).toEqual({ state, kubeconfig, log, certDir });
  });
});
