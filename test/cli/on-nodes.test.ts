import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import ssh2 from 'ssh2';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runOnHost } from '../../src/host/connect/run-on-host.js';
import { FakeDocker, reply } from '../host/fake-docker.js';
import { FakeSshd, makeKey, userKey } from '../host/fake-sshd.js';
import { runIn, useFolder, type Ran } from './run.js';

const folder = useFolder();
let sshd: FakeSshd;
let docker: FakeDocker;

beforeEach(async () => {
  [sshd, docker] = await Promise.all([FakeSshd.start(), FakeDocker.start()]);
  await writeFile(join(folder(), 'id'), userKey.private, { mode: 0o600 });
  await writeFile(
    join(folder(), 'cluster.yml'),
    `ssh_key_path: ${join(folder(), 'id')}
nodes:
  - address: ${sshd.address}
    port: ${sshd.port}
    user: rke
    hostname_override: node-a
    docker_socket: ${docker.socket}
    role: [controlplane, etcd, worker]
`,
  );
});
afterEach(async () => {
  await Promise.all([sshd[Symbol.asyncDispose](), docker[Symbol.asyncDispose]()]);
});

const rke = (...argv: string[]): Promise<Ran> =>
  runIn(folder(), argv, { RKE_KNOWN_HOSTS: join(folder(), 'known_hosts'), HOME: folder() });

describe('rke ssh', () => {
  it('runs a command with the login of the node, and ends with its exit code', async () => {
    sshd.run = (command) => ({ stdout: `out of ${command}\n`, stderr: 'err\n', code: 7 });
    expect(await rke('ssh', 'node-a', '--', 'docker', 'ps', '--all', '|', 'wc', '-l')).toEqual({
      code: 7,
      stdout: 'out of docker ps --all | wc -l\n',
      stderr: 'err\n',
    });
    expect(docker.asked).toEqual([]);
  });

  it('suggests the nearest node for an unknown one, and contacts none', async () => {
    const { code, stderr } = await rke('ssh', 'node-b', '--', 'true');
    expect(code).toBe(2);
    expect(stderr).toContain('cluster.yml has no node node-b; did you mean "node-a"?');
    expect(sshd.connections).toBe(0);
  });

  it('refuses a host key that has changed, like every other command', async () => {
    const { type, key } = publicKeyOf(makeKey().public);
    await writeFile(join(folder(), 'known_hosts'), `${sshd.pattern} ${type} ${key}\n`);
    const { code, stdout, stderr } = await rke('ssh', 'node-a', '--', 'true');
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toContain('the host key has changed');
  });

  it('reports a node that cannot be reached with exit code 5', async () => {
    await sshd[Symbol.asyncDispose]();
    const { code, stderr } = await rke('ssh', 'node-a', '--', 'true');
    expect(code).toBe(5);
    expect(stderr).toContain('SSH connection refused');
  });

  it('refuses --tty without a terminal', async () => {
    expect((await rke('ssh', '-t', 'node-a', '--', 'top')).code).toBe(2);
  });
});

function publicKeyOf(text: string): { type: string; key: string } {
  const [type = '', key = ''] = text.split(' ');
  return { type, key };
}

it('a shell has a terminal of the right size, which follows the one here, and gets what is typed', async () => {
  const seen: string[] = [];
  const server = new ssh2.Server({ hostKeys: [makeKey().private] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => context.accept());
    client.on('session', (accept) => {
      const session = accept();
      session.on('pty', (acceptPty, _reject, { cols, rows }) => {
        seen.push(`${cols}x${rows}`);
        acceptPty();
      });
      session.on('window-change', (_accept, _reject, { cols, rows }) => {
        seen.push(`${cols}x${rows}`);
      });
      session.on('shell', (acceptShell) => {
        const channel = acceptShell();
        channel.write('$ ');
        channel.on('data', (typed: Buffer) => {
          seen.push(typed.toString());
          channel.exit('TERM' as unknown as number);
          channel.end();
        });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stdin = new PassThrough();
  let resize: (size: { columns: number; rows: number }) => void = () => undefined;
  const written: string[] = [];
  const code = await runOnHost(
    { address: '127.0.0.1', port: String(port), user: 'rke', sshKeyPath: join(folder(), 'id') },
    {
      events: { emit: () => undefined },
      signal: new AbortController().signal,
      knownHostsFile: join(folder(), 'known_hosts'),
      sshConfigFile: '/dev/null',
      streams: {
        stdin,
        stdout: {
          write: (chunk: Buffer) => {
            written.push(chunk.toString());
            resize({ columns: 120, rows: 50 });
            stdin.write('exit\r');
            return true;
          },
        },
        stderr: new PassThrough(),
        size: { term: 'xterm', columns: 80, rows: 24 },
        onResize: (resized) => {
          resize = resized;
          return () => undefined;
        },
      },
    },
  );
  await new Promise<void>((resolve) => server.close(() => resolve()));
  expect(written).toEqual(['$ ']);
  expect(seen).toEqual(['80x24', '120x50', 'exit\r']);
  expect(code).toBe(143);
});

describe('rke logs', () => {
  const frame = (stream: number, text: string): Buffer =>
    Buffer.concat([Buffer.from([stream, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);

  beforeEach(() => {
    docker.answer = (request, response) => {
      if (request.path === '/containers/kubelet/json')
        reply(response, 200, {
          Id: 'k',
          Name: '/kubelet',
          RestartCount: 0,
          Config: { Image: 'hyperkube' },
          HostConfig: {},
          State: { Running: true, Restarting: false, ExitCode: 0, Error: '' },
        });
      else if (request.path === '/containers/kubelet/logs')
        response.end(Buffer.concat([frame(1, 'one\n'), frame(2, '\u001b[31mtwo\u001b[0m\n')]));
      else reply(response, 404, { message: 'no such container' });
    };
  });

  it('prints both streams of the only node as they are', async () => {
    const { code, stdout, stderr } = await rke('logs', 'kubelet', '--tail', '5', '--since', '10m');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('one\n\u001b[31mtwo\u001b[0m\n');
    const { query } = docker.seen.find(({ path }) => path.endsWith('/logs')) ?? {};
    expect(query?.get('tail')).toBe('5');
    expect(query?.get('follow')).toBe('false');
    const ago = Date.now() / 1000 - Number(query?.get('since'));
    expect(ago).toBeGreaterThan(595);
    expect(ago).toBeLessThan(900);
  });

  it.each([
    [['--tail', '5'], '5'],
    [['--tail', 'all'], 'all'],
    [[], '100'],
  ] as const)('with %j asks for %s lines', async (flags, tail) => {
    await rke('logs', 'kubelet', ...flags);
    const { query } = docker.seen.find(({ path }) => path.endsWith('/logs')) ?? {};
    expect(Object.fromEntries(query ?? [])).toEqual({
      follow: 'false',
      stdout: 'true',
      stderr: 'true',
      tail,
    });
  });

  it('prints an object for each line with -o json, from the whole log with --tail all', async () => {
    const { stdout } = await rke('logs', 'kubelet', '--tail', 'all', '-o', 'json');
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { node: 'node-a', stream: 'stdout', text: 'one' },
      { node: 'node-a', stream: 'stderr', text: '\u001b[31mtwo\u001b[0m' },
    ]);
  });

  it('ends a log that is followed when its container stops', async () => {
    const { code, stdout, stderr } = await rke('logs', 'kubelet', '--follow');
    expect(code).toBe(0);
    expect(stdout).toContain('one\n');
    expect(stderr).toContain('container kubelet has stopped');
  });

  it.each([
    [['logs', 'apiserver'], 2, 'there is no component apiserver; did you mean "kube-apiserver"?'],
    [['logs', 'kublet'], 2, 'there is no component kublet; did you mean "kubelet"?'],
    [['logs', 'kubelet', '--node', 'nodea'], 2, 'cluster.yml has no node nodea; did you mean "node-a"?'],
    [['logs', 'kubelet', '--tail', 'few'], 2, 'expected a number of lines, or all'],
    [['logs', 'kubelet', '--since', 'yesterday'], 2, 'expected a duration such as'],
    [['logs', 'kube-proxy'], 6, 'the host has no container kube-proxy'],
  ] as const)('%j ends with exit code %d and the cause', async (argv, code, text) => {
    const ran = await rke(...argv);
    expect(ran.code, ran.stderr).toBe(code);
    expect(ran.stderr).toContain(text);
  });
});
