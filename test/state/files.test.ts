import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeAtomically } from '../../src/state/atomic-write.js';
import { createFileStore } from '../../src/state/file-store.js';
import { writeKubeconfig } from '../../src/state/kubeconfig-file.js';
import { clusterPaths } from '../../src/state/paths.js';
import { stateText } from '../pki/takeover.js';

vi.mock('node:fs/promises', async (original) => ({ ...(await original<typeof fs>()) }));

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'rke-state-'));
  path = join(folder, 'cluster.rkestate');
});

afterEach(async () => {
  vi.restoreAllMocks();
  await fs.rm(folder, { recursive: true, force: true });
});

describe('writeAtomically', () => {
  it('writes for the owner only, whatever the file allowed before', async () => {
    await fs.writeFile(path, 'old', { mode: 0o644 });
    await writeAtomically(path, 'new');
    expect(await fs.readFile(path, 'utf8')).toBe('new');
    expect((await fs.stat(path)).mode & 0o777).toBe(0o600);
    expect(await fs.readdir(folder)).toEqual(['cluster.rkestate']);
  });

  it('keeps a link, and replaces what it leads to', async () => {
    await fs.writeFile(join(folder, 'real'), 'old');
    await fs.symlink('real', path);
    await writeAtomically(path, 'new');
    expect((await fs.lstat(path)).isSymbolicLink()).toBe(true);
    expect(await fs.readFile(join(folder, 'real'), 'utf8')).toBe('new');
  });

  it.each(['writeFile', 'sync'] as const)('leaves the old file alone when %s fails', async (step) => {
    await fs.writeFile(path, 'old');
    const { open } = await vi.importActual<typeof fs>('node:fs/promises');
    vi.spyOn(fs, 'open').mockImplementation(async (...args) => {
      const file = await open(...args);
      vi.spyOn(file, step).mockRejectedValue(new Error('ENOSPC: no space left on device'));
      return file;
    });
    await expect(writeAtomically(path, 'new')).rejects.toThrow('ENOSPC');
    expect(await fs.readFile(path, 'utf8')).toBe('old');
    expect(await fs.readdir(folder)).toEqual(['cluster.rkestate']);
  });

  it('leaves the old file alone when the rename fails', async () => {
    await fs.writeFile(path, 'old');
    vi.spyOn(fs, 'rename').mockRejectedValue(new Error('EIO: i/o error'));
    await expect(writeAtomically(path, 'new')).rejects.toThrow('EIO');
    expect(await fs.readFile(path, 'utf8')).toBe('old');
    expect(await fs.readdir(folder)).toEqual(['cluster.rkestate']);
  });
});

describe('the store in a file', () => {
  it('has nothing before the first save', async () => {
    expect(await createFileStore(path).load()).toBeUndefined();
  });

  it('keeps the version before the last, and writes nothing that is already there', async () => {
    await fs.writeFile(path, stateText);
    const store = createFileStore(path);
    const state = await store.load();
    if (state === undefined) throw new Error('no state');
    await store.save(state);
    expect(await fs.readdir(folder)).toEqual(['cluster.rkestate']);
    await store.save({ ...state, currentState: {} });
    expect(await fs.readFile(`${path}.bak`, 'utf8')).toBe(stateText);
    expect((await store.load())?.currentState).toEqual({});
    await store.remove();
    expect(await store.load()).toBeUndefined();
    await store.remove();
  });

  it('tells what cannot be read or written', async () => {
    await fs.mkdir(path);
    await expect(createFileStore(path).load()).rejects.toMatchObject({
      code: 'STATE_READ_FAILED',
      exitCode: 4,
    });
    const nowhere = createFileStore(join(folder, 'none', 'cluster.rkestate'));
    await expect(nowhere.save({ desiredState: {}, currentState: {} })).rejects.toMatchObject({
      code: 'STATE_WRITE_FAILED',
      exitCode: 4,
    });
  });
});

describe('writeKubeconfig', () => {
  it('writes for the owner only, and leaves alone what says the same', async () => {
    await writeKubeconfig(path, 'text');
    const { ino, mode } = await fs.stat(path);
    expect(mode & 0o777).toBe(0o600);
    await writeKubeconfig(path, 'text');
    expect((await fs.stat(path)).ino).toBe(ino);
    await writeKubeconfig(path, 'other');
    expect(await fs.readFile(path, 'utf8')).toBe('other');
  });
});

describe('clusterPaths', () => {
  it.each([
    ['cluster.yml', 'cluster.rkestate', 'kube_config_cluster.yml', 'cluster.log'],
    ['./x/prod.v1.yaml', 'x/prod.v1.rkestate', 'x/kube_config_prod.v1.yaml', 'x/prod.v1.log'],
    ['/etc/rke/cluster', '/etc/rke/cluster.rkestate', '/etc/rke/kube_config_cluster', '/etc/rke/cluster.log'],
  ])('are beside %s', (config, state, kubeconfig, log) => {
    expect(clusterPaths(config)).toEqual({ state, kubeconfig, log });
  });
});
