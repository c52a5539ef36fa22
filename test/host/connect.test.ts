import { join } from 'node:path';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failureOf, Lane, signal } from './connected.js';
import { makeKey, userKey } from './fake-sshd.js';

let lane: Lane;
beforeEach(async () => (lane = await Lane.open()));
afterEach(() => lane[Symbol.asyncDispose]());

describe('a login', () => {
  it('succeeds with a key file', async () => {
    const sshKeyPath = await lane.write('id', userKey.private);
    const host = await lane.connect({ sshKey: '', sshKeyPath });
    expect((await host.exec('true', { signal })).code).toBe(0);
  });

  it.each([
    ['user', { user: 'somebody' }],
    ['key', { sshKey: makeKey().private }],
  ])('is refused with another %s', async (_case, changes) => {
    const error = await lane.refusal(changes);
    expect(error).toMatchObject({ code: 'SSH_AUTH', exitCode: 5, host: '127.0.0.1' });
    expect(error.message).toContain(`user "${'user' in changes ? 'somebody' : 'rke'}"`);
    await vi.waitFor(() => expect(lane.sshd.openConnections).toBe(0));
  });

  it('fails if the key file does not exist', async () => {
    const sshKeyPath = join(lane.folder, 'missing');
    const error = await lane.refusal({ sshKey: '', sshKeyPath });
    expect(error).toMatchObject({ code: 'SSH_KEY_FILE', exitCode: 5 });
    expect(error.message).toContain(sshKeyPath);
    expect(lane.sshd.connections).toBe(0);
  });

  it.each([
    ['SSH_KEY_ENCRYPTED', makeKey('secret').private],
    ['SSH_KEY_INVALID', 'no key'],
    ['SSH_KEY_INVALID', ''],
    ['SSH_KEY_INVALID', userKey.public],
  ])('fails with %s if the key file is unusable', async (code, text) => {
    const sshKeyPath = await lane.write('id', text);
    const error = await lane.refusal({ sshKey: '', sshKeyPath });
    expect(error).toMatchObject({ code, exitCode: 5, host: '127.0.0.1' });
    expect(error.message).toContain(sshKeyPath);
    expect(lane.sshd.connections).toBe(0);
  });

  it('never prints a key of cluster.yml', async () => {
    const error = await lane.refusal({ sshKey: 'PRIVATE' });
    expect(error.message).toBe('ssh_key in cluster.yml is not an SSH private key');
  });

  it('fails with the reason if the agent cannot be reached', async () => {
    vi.stubEnv('SSH_AUTH_SOCK', join(lane.folder, 'agent'));
    expect(await lane.refusal({ sshAgentAuth: true })).toMatchObject({ code: 'SSH_AGENT', exitCode: 5 });
    vi.unstubAllEnvs();
  });
});

describe('an unreachable host', () => {
  it('is reported if it refuses the connection', async () => {
    const { port } = lane.node();
    await lane.sshd[Symbol.asyncDispose]();
    expect(await lane.refusal({ port })).toMatchObject({ code: 'SSH_REFUSED', exitCode: 5 });
  });

  it('is reported if its name cannot be resolved', async () => {
    expect((await lane.refusal({ address: 'host.invalid' })).code).toBe('SSH_DNS');
  });

  it('is reported if it does not speak SSH', async () => {
    const { server, port } = await serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const error = await lane.refusal({ port: String(port) });
    expect(error).toMatchObject({ exitCode: 5, host: '127.0.0.1' });
    server.close();
  });

  it.each([
    ['closes at once, as a full sshd does', (socket: Socket) => socket.end()],
    ['resets the connection', (socket: Socket) => socket.resetAndDestroy()],
    ['says why in words and closes', (socket: Socket) => socket.end('Exceeded MaxStartups\r\n')],
  ])('is reported if it %s', async (_case, answer) => {
    const { server, port } = await serve(answer);
    const error = await lane.refusal({ port: String(port) });
    expect(error).toMatchObject({ code: 'SSH_CLOSED', exitCode: 5, host: '127.0.0.1' });
    expect(error.fix).toContain('MaxStartups');
    server.close();
  });

  it('does not prevent connections to the others', async () => {
    const set = await lane.connectAll({ port: '1' });
    expect([...set.hosts]).toEqual([]);
    expect(set.unreachable.get('127.0.0.1')?.code).toBe('SSH_REFUSED');
    expect(lane.sink.events).toMatchObject([{ type: 'host-unreachable', error: { code: 'SSH_REFUSED' } }]);
  });
});

describe('the Docker of a host', () => {
  const looks = [
    ['missing', 'DOCKER_NOT_RUNNING', 6],
    ['dead', 'DOCKER_NOT_RUNNING', 6],
    ['forbidden', 'DOCKER_PERMISSION', 6],
    ['alive', 'SSH_FORWARDING', 5],
  ] as const;

  it.each(looks)(
    'is reported as it was found (%s) after a failed forwarding, with code %s',
    async (look, code, exitCode) => {
      lane.sshd.forwarding = 'refused';
      lane.sshd.run = () => ({ stdout: `${look}\n`, code: 0 });
      expect(await lane.refusal()).toMatchObject({ code, exitCode, host: '127.0.0.1' });
      await vi.waitFor(() => expect(lane.sshd.openConnections).toBe(0));
    },
  );

  it('is reported with the failed forwarding if the diagnosis finds nothing', async () => {
    lane.sshd.forwarding = 'refused';
    lane.sshd.run = () => ({ stderr: 'This account is not available', code: 1 });
    expect((await lane.refusal()).message).toContain(lane.docker.socket);
  });
});

describe('a command on a host', () => {
  it('fails if sshd has no session left', async () => {
    const host = await lane.connect({}, { timing: { sessionMilliseconds: 200 } });
    lane.sshd.maxSessions = 0;
    const error = await failureOf(host.exec('true', { signal }));
    expect(error).toMatchObject({ code: 'SSH_SESSIONS', exitCode: 5, details: { retryable: true } });
    expect(error.fix).toContain('MaxSessions');
  });

  it('waits for its turn if there are many', async () => {
    const host = await lane.connect();
    lane.sshd.maxSessions = 4;
    const codes = await Promise.all(Array.from({ length: 12 }, () => host.exec('true', { signal })));
    expect(codes.map(({ code }) => code)).toEqual(Array(12).fill(0));
  });

  it('fails if sshd runs no commands', async () => {
    const host = await lane.connect();
    lane.sshd.runsCommands = false;
    expect(await failureOf(host.exec('true', { signal }))).toMatchObject({
      code: 'SSH_COMMAND',
      exitCode: 5,
    });
  });
});

describe('a connection from a host', () => {
  it('delivers everything that was sent, even to a slow reader', async () => {
    const text = Buffer.alloc(3_000_000, 'x');
    const { server, port } = await serve((socket) => socket.end(text));
    const host = await lane.connect();
    const socket = await host.dial({ host: '127.0.0.1', port }, { signal });
    await sleep(100);
    expect((await buffer(socket)).length).toBe(text.length);
    server.close();
  });

  it('is reported with its target if nobody answers', async () => {
    const host = await lane.connect();
    const error = await failureOf(host.dial({ host: '127.0.0.1', port: 1 }, { signal }));
    expect(error).toMatchObject({ code: 'SSH_CHANNEL', exitCode: 5, details: { retryable: true } });
    expect(error.message).toContain('127.0.0.1:1');
  });
});

async function serve(answer: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}
