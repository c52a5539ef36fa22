import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDindEngine } from '../../src/host/dind/dind-engine.js';
import { createDindTransport } from '../../src/host/dind/dind-transport.js';
import { unusableEngine } from '../../src/host/dind/dind-errors.js';
import { readServers } from '../../src/host/dind/dns-servers.js';
import { failureOf, signal } from './connected.js';

let folder = '';
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'rke-dind-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A `docker` that logs its arguments and runs a script. @returns the environment in which it is found */
async function fakeDocker(script: string): Promise<NodeJS.ProcessEnv> {
  const file = join(folder, 'docker');
  await writeFile(file, `#!/bin/sh\nprintf '%s\\n' "$*" >>'${folder}/calls'\n${script}\n`);
  await chmod(file, 0o755);
  return { PATH: `${folder}:/usr/bin:/bin`, DOCKER_HOST: 'unix:///x.sock' };
}

const calls = async (): Promise<string> => readFile(join(folder, 'calls'), 'utf8');

/** Runs commands of containers here, and answers that a container with the label of its address runs. */
const nodeHere = `case "$1" in
container) echo "true 10.153.0.11" ;;
exec) shift; [ "$1" = -i ] && shift; shift; exec "$@" ;;
esac`;

describe('the transport to node containers', () => {
  it('runs commands by docker exec', async () => {
    const transport = createDindTransport(await fakeDocker(nodeHere));
    await using connection = await transport.connect({ address: '10.153.0.11' }, { signal });
    expect(await connection.exec('echo out; echo err >&2; exit 3', { signal })).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await calls()).toContain('exec rke-dind-10.153.0.11 /bin/sh -c echo out');
  });

  it('reaches Docker of a node by the CLI in it', async () => {
    const transport = createDindTransport(
      await fakeDocker(`case "$*" in *"system dial-stdio") cat ;; *) echo "true 10.153.0.11" ;; esac`),
    );
    await using connection = await transport.connect({ address: '10.153.0.11' }, { signal });
    const socket = await connection.dialSocket('/var/run/docker.sock', { signal });
    socket.write('ping');
    const [answer] = (await socket[Symbol.asyncIterator]().next()).value as [unknown] | Buffer[];
    expect(answer).toBeDefined();
    socket.destroy();
  });

  it.each([
    [
      'there is none',
      'echo "Error: No such container: x" >&2; exit 1',
      'has no node container for 10.153.0.11',
    ],
    ['its label is of somebody else', 'echo "true 10.0.0.1"', 'has no node container for 10.153.0.11'],
    ['it is stopped', 'echo "false 10.153.0.11"', 'rke-dind-10.153.0.11 is stopped'],
    ['Docker does not run', 'echo "Cannot connect to the Docker daemon" >&2; exit 1', 'Cannot connect'],
  ])('refuses a container if %s', async (_, script, message) => {
    const transport = createDindTransport(await fakeDocker(script));
    await expect(transport.connect({ address: '10.153.0.11' }, { signal })).rejects.toThrow(message);
  });
});

describe('the Docker of this machine', () => {
  it('removes nothing that lacks the label of the cluster', async () => {
    const engine = createDindEngine(await fakeDocker('echo other'));
    const step = { kind: 'remove-node', cluster: 'rke-dind', container: 'rke-dind-10.153.0.11' } as const;
    const failure = await failureOf(engine.perform(step, { signal }));
    expect(failure.message).toContain('does not have the label io.rke.dind.cluster=rke-dind');
    expect(await calls()).not.toMatch(/^rm /m);
  });

  it('removes a container of the cluster with its volumes', async () => {
    const engine = createDindEngine(await fakeDocker('echo rke-dind'));
    await engine.perform(
      { kind: 'remove-node', cluster: 'rke-dind', container: 'rke-dind-10.153.0.11' },
      { signal },
    );
    expect(await calls()).toMatch(/^rm --force --volumes rke-dind-10\.153\.0\.11$/m);
  });

  it('starts a node without Docker on TCP, and waits for its Docker', async () => {
    const engine = createDindEngine(
      await fakeDocker(`[ "$1" = image ] && echo '["dockerd-entrypoint.sh"]'; exit 0`),
    );
    await engine.perform(
      {
        kind: 'create-node',
        cluster: 'rke-dind',
        container: 'rke-dind-10.153.0.11',
        node: { address: '10.153.0.11', name: 'node1' },
        settings: { image: 'my:1', storageDriver: 'vfs', dnsServers: ['192.0.2.53'] },
      },
      { signal },
    );
    const made = await calls();
    expect(made).toContain(
      'rke-dind dockerd-entrypoint.sh dockerd --host=unix:///var/run/docker.sock --storage-driver=vfs\n',
    );
    expect(made).not.toContain('tcp');
    expect(made).toContain('--label io.rke.dind.cluster=rke-dind');
    expect(made).toContain('exec rke-dind-10.153.0.11 /bin/sh -c i=0');
  });

  it('names what is missing if there is no docker', async () => {
    const failure = await failureOf(createDindEngine({ PATH: folder }).check({ signal }));
    expect(failure).toMatchObject({ code: 'DOCKER_NOT_RUNNING', exitCode: 6 });
    expect(failure.message).toContain('no `docker` in its PATH');
  });

  const good = { DockerRootDir: '/var/lib/docker', OperatingSystem: 'Debian' };
  it.each([
    ['stopped', {}, undefined, 'Cannot connect to the Docker daemon', 'DOCKER_NOT_RUNNING'],
    ['forbidden', {}, undefined, 'permission denied while trying to connect', 'DOCKER_PERMISSION'],
    ['forbidden in the answer', { ServerErrors: ['permission denied'] }, undefined, '', 'DOCKER_PERMISSION'],
    ['on another machine', good, 'tcp://192.0.2.1:2376', '', 'DOCKER_UNREACHABLE'],
    [
      'in a virtual machine',
      { ...good, OperatingSystem: 'Docker Desktop' },
      'unix:///x',
      '',
      'DOCKER_UNREACHABLE',
    ],
    ['usable', good, 'unix:///x', 'WARNING: No swap limit support', undefined],
  ])('is judged if it is %s', (_, info, endpoint, stderr, code) => {
    expect(unusableEngine({ info, endpoint, stderr })?.code).toBe(code);
  });
});

it.each([
  ['nameserver 192.0.2.1\nnameserver 2001:db8::1\n', ['192.0.2.1', '2001:db8::1']],
  ['# x\nsearch lab\nnameserver 127.0.0.53\n', []],
  ['nameserver fe80::1%eth0\nnameserver ::1\n', []],
])('nodes get the DNS servers that containers can reach', (text, servers) => {
  expect(readServers(text)).toEqual(servers);
});
