import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { kubeconfigText, stateText } from '../pki/takeover.js';
import { runIn, useFolder, type Ran } from './run.js';

const folder = useFolder();
const inFolder = (name: string): string => join(folder(), name);
const own = (): string => inFolder('home/.kube/config');
const rke = (line: string, env: Record<string, string> = {}): Promise<Ran> =>
  runIn(folder(), line.split(' '), { HOME: inFolder('home'), ...env });
const read = (path: string): Promise<string> => readFile(path, 'utf8');

/** Nothing listens there. */
const nowhere = stateText.replaceAll('172.30.0.8', '127.0.0.8');
const expected = kubeconfigText.replaceAll('172.30.0.8', '127.0.0.8');

const theirs = `# mine
apiVersion: v1
kind: Config
clusters:
- cluster: {server: "https://192.0.2.1:6443"}
  name: lab
contexts:
- context: {cluster: lab, user: me}
  name: lab
current-context: lab
users:
- name: me
  user: {token: abc}
`;

async function writeOwn(text: string): Promise<void> {
  await mkdir(inFolder('home/.kube'), { recursive: true });
  await writeFile(own(), text, { mode: 0o644 });
}

beforeEach(() => writeFile(inFolder('cluster.rkestate'), nowhere, { mode: 0o600 }));

describe('rke kubeconfig', () => {
  it('prints the kubeconfig of rke up, and warns if no API server answers', async () => {
    const { code, stdout, stderr } = await rke('kubeconfig');
    expect([code, stdout]).toEqual([0, `${expected.trimEnd()}\n`]);
    expect(stderr).toMatch(/^warning: no kube-apiserver answers on port 6443 from this machine/);
    expect(stderr).toContain('127.0.0.81: connect ECONNREFUSED');
  });

  it('renames cluster, context and user with --context', async () => {
    const { stdout } = await rke('kubeconfig --context dev');
    expect(stdout).toContain('current-context: "dev"');
    expect(stdout).toContain('name: "kube-admin-dev"');
  });

  it.each(['--use', '--kubeconfig-file x', '--merge --context='])('refuses the flags %s', async (flags) => {
    const { code } = await rke(`kubeconfig ${flags}`);
    expect(code).toBe(2);
    expect(await readdir(folder())).toEqual(['cluster.rkestate']);
  });

  it('fails if there is no state file, or no control-plane host in it', async () => {
    const missing = await rke('kubeconfig -c prod.yml');
    expect([missing.code, missing.stderr]).toEqual([4, expect.stringContaining('prod.rkestate')]);
    const empty = JSON.stringify({ desiredState: {}, currentState: {} });
    await writeFile(inFolder('cluster.rkestate'), empty);
    const { code, stderr } = await rke('kubeconfig');
    expect([code, stderr]).toEqual([4, expect.stringContaining('has no control-plane host')]);
  });
});

describe('rke kubeconfig --merge', () => {
  it('creates a file that only its owner can read if there is none', async () => {
    const { code, stdout } = await rke('kubeconfig --merge');
    expect([code, stdout]).toEqual([0, `context "three" in ${own()} was written\n`]);
    expect((await stat(own())).mode & 0o777).toBe(0o600);
    expect(await readdir(inFolder('home/.kube'))).toEqual(['config']);
    expect(await read(own())).toContain('current-context: three\n');
  });

  it('keeps existing entries and the current context, and the previous file as .bak', async () => {
    await writeOwn(theirs);
    const { code, stdout } = await rke('kubeconfig --merge');
    expect(code).toBe(0);
    expect(stdout).toContain('the current context is still "lab"');
    const text = await read(own());
    for (const part of ['https://192.0.2.1:6443', 'token: abc', 'current-context: lab', 'kube-admin-three'])
      expect(text).toContain(part);
    expect(await read(`${own()}.bak`)).toBe(theirs);
    for (const path of [own(), `${own()}.bak`]) expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readdir(inFolder('home/.kube'))).sort()).toEqual(['config', 'config.bak']);
  });

  it('writes nothing if the file is up to date', async () => {
    await writeOwn(theirs);
    await rke('kubeconfig --merge');
    const { ino } = await stat(own());
    const { stdout } = await rke('kubeconfig --merge');
    expect(stdout).toContain('is up to date');
    expect((await stat(own())).ino).toBe(ino);
    expect(await read(`${own()}.bak`)).toBe(theirs);
  });

  it('changes the current context with --use', async () => {
    await writeOwn(theirs);
    const { stdout } = await rke('kubeconfig --merge --use');
    expect(stdout).toBe(`context "three" in ${own()} was written\n`);
    expect(await read(own())).toContain('current-context: three\n');
  });

  it('uses the first file of KUBECONFIG, which --kubeconfig-file overrides', async () => {
    await rke('kubeconfig --merge', { KUBECONFIG: ':first:second' });
    await rke('kubeconfig --merge --kubeconfig-file named', { KUBECONFIG: 'second' });
    expect((await readdir(folder())).sort()).toEqual(['cluster.rkestate', 'first', 'named']);
  });

  it('writes through a symbolic link and keeps the link', async () => {
    await writeFile(inFolder('real'), theirs);
    await symlink(inFolder('real'), inFolder('link'));
    await rke('kubeconfig --merge --kubeconfig-file link');
    expect(await read(inFolder('real'))).toContain('three');
  });

  it('reports both clusters if a name is taken, writes nothing, and accepts another name', async () => {
    const taken = theirs.replaceAll('lab', 'three');
    await writeOwn(taken);
    const { code, stderr } = await rke('kubeconfig --merge');
    expect(code).toBe(2);
    expect(stderr).toContain('cluster "three" at https://192.0.2.1:6443');
    expect(stderr).toContain('this cluster at https://127.0.0.81:6443');
    expect(stderr).toContain('--context three-2');
    expect(await read(own())).toBe(taken);
    expect(await readdir(inFolder('home/.kube'))).toEqual(['config']);
    expect((await rke('kubeconfig --merge --context three-2')).code).toBe(0);
    expect(await read(own())).toContain('name: kube-admin-three-2');
  });

  it('reports line and column of an invalid file, and writes nothing', async () => {
    const broken = `${theirs}contexts: []\n`;
    await writeOwn(broken);
    const { code, stderr } = await rke('kubeconfig --merge');
    expect(code).toBe(2);
    expect(stderr).toContain(`config:14:1: contexts: duplicate key, already set on line 7`);
    expect(await read(own())).toBe(broken);
    expect(await readdir(inFolder('home/.kube'))).toEqual(['config']);
  });

  it('fails if the file is locked, and does not remove the lock', async () => {
    await writeOwn(theirs);
    await writeFile(`${own()}.lock`, '');
    const { code, stderr } = await rke('kubeconfig --merge');
    expect([code, stderr]).toEqual([4, expect.stringContaining('config.lock')]);
    expect(await read(own())).toBe(theirs);
    expect((await readdir(inFolder('home/.kube'))).sort()).toEqual(['config', 'config.lock']);
  });

  it('fails if the path is a directory', async () => {
    const { code, stderr } = await rke('kubeconfig --merge --kubeconfig-file .');
    expect([code, stderr]).toEqual([2, expect.stringContaining('cannot read')]);
  });
});

describe('rke util get-kubeconfig', () => {
  const file = (): string => inFolder('kube_config_cluster.yml');

  it('writes the kubeconfig of rke up, and nothing if it is up to date', async () => {
    expect(await rke('util get-kubeconfig')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('was written') as string,
    });
    expect((await read(file())).trimEnd()).toBe(expected.trimEnd());
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await rke('util get-kubeconfig')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is up to date') as string,
    });
  });

  it('keeps edits of a file of this cluster, and replaces them with --force', async () => {
    const edited = expected.replace('https://127.0.0.81:6443', 'https://api.example.com:6443');
    await writeFile(file(), edited);
    const { code, stdout } = await rke('util get-kubeconfig');
    expect([code, stdout]).toEqual([0, expect.stringContaining('is up to date')]);
    expect(await read(file())).toBe(edited);
    expect((await rke('util get-kubeconfig --force')).code).toBe(0);
    expect((await read(file())).trimEnd()).toBe(expected.trimEnd());
    expect(await read(`${file()}.bak`)).toBe(edited);
  });

  it('replaces the kubeconfig of another cluster only with --force, and keeps it as .bak', async () => {
    await writeFile(file(), theirs);
    const { code, stderr } = await rke('util get-kubeconfig');
    expect([code, stderr]).toEqual([4, expect.stringContaining('--force')]);
    expect(await read(file())).toBe(theirs);
    expect((await rke('util get-kubeconfig --force')).code).toBe(0);
    expect((await read(file())).trimEnd()).toBe(expected.trimEnd());
    expect(await read(`${file()}.bak`)).toBe(theirs);
  });
});
