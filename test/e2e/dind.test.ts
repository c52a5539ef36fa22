import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDindMachine, type DindMachine } from '../lab/dind-image.js';
import { lines, type Docker } from '../lab/docker.js';
import { ensureEngine } from '../lab/engine.js';
import { logToStderr } from '../lab/settings.js';
import { RkeFolder, type RkeRun } from './rke.js';

/** A cluster in containers of this machine, in the engine of the lab. */
describe('rke up --dind', () => {
  let docker: Docker;
  let machine: DindMachine;
  let folder: RkeFolder;
  /** Set by cluster.yml: the name of the cluster, the network, and the label of everything. */
  let cluster = '';

  const rke = (...args: readonly string[]): Promise<RkeRun> => folder.rke(args);
  const up = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await rke('up', '--dind', ...args);
    expect(code, stderr).toBe(0);
    return stderr;
  };
  const owned = async (kind: 'container' | 'network'): Promise<string[]> =>
    docker.labelled(kind, `io.rke.dind.cluster=${cluster}`);
  const nodes = async (): Promise<string[]> => {
    const { code, stdout, stderr } = await rke('node', 'ls', '--dind', '-o', 'json');
    expect(code, stderr).toBe(0);
    const found = JSON.parse(stdout) as { name: string; ready: boolean }[];
    return found.map(({ name, ready }) => `${name} ${ready ? 'Ready' : 'not Ready'}`);
  };

  beforeAll(async () => {
    docker = await ensureEngine(logToStderr);
    machine = await openDindMachine(docker, logToStderr);
    folder = await RkeFolder.create('');
    folder.env = { DOCKER_HOST: docker.host };
    await rm(folder.file('cluster.yml'));
  });
  afterAll(async () => {
    const containers = await owned('container');
    if (containers.length > 0) await docker.try(['rm', '--force', '--volumes', ...containers]);
    for (const network of await owned('network')) await docker.try(['network', 'rm', network]);
    await machine[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('writes cluster.yml, and leaves nothing else if the image of its nodes cannot be pulled', async () => {
    const { code, stderr } = await rke('up', '--dind', '1', '--dind-image', '127.0.0.1:1/none:1');
    expect(code).toBe(6);
    expect(stderr).toContain('cannot pull the image of node containers, 127.0.0.1:1/none:1');
    const text = await folder.read('cluster.yml');
    cluster = /^cluster_name: (\S+)$/m.exec(text)?.[1] ?? '';
    expect(cluster).toMatch(/^rke-dind/);
    expect([...(await owned('container')), ...(await owned('network'))]).toEqual([]);
    // The lab has no images of the default version, and those of flannel are the smallest.
    await folder.write(
      'cluster.yml',
      `${text.replace(/^kubernetes_version:.*$/m, 'kubernetes_version: v1.31.1-rancher1-1')}\nnetwork: { plugin: flannel }\n`,
    );
  });

  it('makes a cluster of one container, and refuses a second run meanwhile', async () => {
    const { stdout } = await rke('plan', '--dind');
    expect(stdout).toMatch(new RegExp(`^would create network ${cluster} `, 'm'));
    expect(stdout).toMatch(/^would create container rke-dind-10\.153\.\d+\.11 as node node1$/m);
    const first = up('--dind-image', machine.image);
    await expect.poll(() => existsSync(folder.file('cluster.rkestate.lock')), { timeout: 30_000 }).toBe(true);
    const second = await rke('up', '--dind', '2');
    expect(second.stderr).toContain('another run is working on the cluster: rke up --dind');
    expect(second.code).toBe(4);
    expect(await first).toContain('Finished building Kubernetes cluster successfully');
    expect(await nodes()).toEqual(['node1 Ready']);
    expect(await owned('container')).toHaveLength(1);
  });

  it('changes nothing the second time', async () => {
    expect(await up()).toContain('no change: ');
  });

  it('adds a node', async () => {
    await up('2', '--dind-image', machine.image);
    expect(await nodes()).toEqual(['node1 Ready', 'node2 Ready']);
    expect(await owned('container')).toHaveLength(2);
  });

  it('drains and removes a node with its container', async () => {
    const { code } = await rke('up', '--dind', '1');
    expect(code, 'needs --yes without a terminal').toBe(2);
    expect(await owned('container')).toHaveLength(2);
    await up('1', '--yes');
    expect(await nodes()).toEqual(['node1 Ready']);
    expect(await owned('container')).toHaveLength(1);
  });

  it('is removed without leftovers', async () => {
    const mounts = '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{end}}{{end}}';
    const [container = ''] = await owned('container');
    const volumes = (await docker.run(['container', 'inspect', '--format', mounts, container]))
      .trim()
      .split(' ');
    const { code, stderr } = await rke('remove', '--dind', '--force');
    expect(code, stderr).toBe(0);
    expect([...(await owned('container')), ...(await owned('network'))]).toEqual([]);
    const left = lines(await docker.run(['volume', 'ls', '-q']));
    expect(left.filter((volume) => volumes.includes(volume))).toEqual([]);
    for (const name of ['cluster.rkestate', 'kube_config_cluster.yml'])
      expect(existsSync(folder.file(name)), name).toBe(false);
    expect(existsSync(folder.file('cluster.yml'))).toBe(true);
  });
});
