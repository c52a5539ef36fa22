import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Host } from '../../src/host/host.js';
import { probeUrl } from '../../src/host/http-probe.js';
import { startDeadline } from '../../src/core/deadline.js';
import { failureOf, Lane, shortLimits, signal } from './connected.js';
import { reply } from './fake-docker.js';

let lane: Lane;
beforeEach(async () => (lane = await Lane.open()));
afterEach(() => lane[Symbol.asyncDispose]());

/** Calls to a host whose peers accept connections and never respond, and the error codes they end with. */
const waits: readonly [name: string, code: string, ask: (host: Host) => Promise<unknown>][] = [
  ['a command', 'SSH_COMMAND_TIMEOUT', (host) => host.exec('sleep 99', { signal })],
  ['a command that only reads', 'SSH_COMMAND_TIMEOUT', (host) => host.read('w', { signal })],
  ['a list', 'DOCKER_TIMEOUT', ({ docker }) => docker.list({ signal })],
  ['an inspection', 'DOCKER_TIMEOUT', ({ docker }) => docker.inspect('etcd', { signal })],
  ['an inspection of an image', 'DOCKER_TIMEOUT', ({ docker }) => docker.inspectImage('a:1', { signal })],
  ['a start', 'DOCKER_TIMEOUT', ({ docker }) => docker.start('etcd', { signal })],
  ['a stop', 'DOCKER_TIMEOUT', ({ docker }) => docker.stop('etcd', { signal, seconds: 5 })],
  ['a removal', 'DOCKER_TIMEOUT', ({ docker }) => docker.remove('etcd', { signal })],
  ['a rename', 'DOCKER_TIMEOUT', ({ docker }) => docker.rename('etcd', 'old-etcd', { signal })],
  ['a log', 'DOCKER_TIMEOUT', ({ docker }) => docker.logs('etcd', { signal, tail: 5 })],
  ['an upload', 'DOCKER_TIMEOUT', ({ docker }) => docker.putArchive('a', '/', Buffer.alloc(9), { signal })],
  ['a download', 'DOCKER_TIMEOUT', ({ docker }) => docker.getArchive('a', '/', { signal })],
  ['the end of a container', 'DOCKER_TIMEOUT', ({ docker }) => docker.wait('etcd', { signal })],
  ['a pull', 'PULL_STALLED', ({ docker }) => docker.pull('a:1', { signal })],
  ['a query to a registry', 'PULL_STALLED', ({ docker }) => docker.askRegistry('a:1', { signal })],
];

describe('a host that accepts connections and never responds', () => {
  it.each(waits)('ends the wait for %s within its limit (%s)', async (_name, code, ask) => {
    const timing = {};
    const host = await lane.connect({}, { timing });
    Object.assign(timing, shortLimits);
    lane.sshd.run = () => undefined;
    lane.docker.answer = () => undefined;
    expect(await failureOf(ask(host))).toMatchObject({ code, host: '127.0.0.1' });
  });

  it.each(waits)('ends the wait for %s when the run is interrupted', async (_name, _code, ask) => {
    const host = await lane.connect();
    lane.sshd.run = () => undefined;
    lane.docker.answer = () => undefined;
    const control = new AbortController();
    const reason = new Error('interrupted');
    setTimeout(() => control.abort(reason), 20);
    const interruptible: Host = withSignal(host, control.signal);
    await expect(ask(interruptible)).rejects.toBe(reason);
  });

  it('ends the wait for a channel that sshd never opens', async () => {
    const timing = {};
    const host = await lane.connect({}, { timing });
    Object.assign(timing, shortLimits);
    lane.docker.closeConnections();
    await vi.waitFor(() => expect(lane.sshd.openChannels).toBe(0));
    lane.sshd.forwarding = 'hangs';
    expect(await failureOf(host.docker.list({ signal }))).toMatchObject({ code: 'DOCKER_TIMEOUT' });
    using deadline = startDeadline(60);
    await expect(
      host.dial({ host: '127.0.0.1', port: 1 }, { signal: deadline.signal }),
    ).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('ends the wait for a health port', async () => {
    const host = await lane.connect();
    await using silent = await listen(0);
    using deadline = startDeadline(60);
    const url = `https://127.0.0.1:${silent.port}/health`;
    await expect(probeUrl(host, url, { signal: deadline.signal })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('is not timed out while a pull makes progress', async () => {
    const host = await lane.connect({}, { timing: { stallMilliseconds: 300 } });
    lane.docker.answer = (_request, response) => {
      response.writeHead(200);
      let left = 8;
      const timer = setInterval(() => {
        response.write('{"status":"Extracting","id":"a"}\n');
        left -= 1;
        if (left > 0) return;
        clearInterval(timer);
        response.end();
      }, 100);
    };
    await expect(host.docker.pull('a:1', { signal })).resolves.toBeUndefined();
  });
});

describe('an SSH agent that accepts connections and never responds', () => {
  it('is named in the error, with a fix', async () => {
    await using silent = await listen(join(lane.folder, 'agent.sock'));
    const error = await lane.refusal(
      { sshAgentAuth: true },
      { keys: { agentSocket: silent.path, agentMilliseconds: 60 } },
    );
    expect(error).toMatchObject({ code: 'SSH_AGENT', exitCode: 5 });
    expect(error.message).toContain('does not answer');
    expect(error.fix).toContain('ssh-add -l');
  });
});

describe('a host that sends data without end', () => {
  it('is stopped in the middle of a command', async () => {
    const host = await lane.connect();
    lane.sshd.run = () => ({ stdout: 'x'.repeat(17 * 2 ** 20), code: 0 });
    expect(await failureOf(host.exec('yes', { signal }))).toMatchObject({ code: 'SSH_OUTPUT', exitCode: 5 });
  });

  it('is judged healthy or not by the beginning of its response', async () => {
    const host = await lane.connect();
    await using endless = await listen(0, (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nok ');
      const more = (): void => {
        if (socket.writable) socket.write('x'.repeat(10_000), more);
      };
      socket.on('error', () => undefined);
      more();
    });
    const { status, body } = await probeUrl(host, `http://127.0.0.1:${endless.port}/healthz`, { signal });
    expect([status, body.slice(0, 3), body.length]).toEqual([200, 'ok ', 4096]);
  });

  it('is stopped in the middle of a response from Docker', async () => {
    const host = await lane.connect();
    lane.docker.answer = (_request, response) => response.end(Buffer.alloc(65 * 2 ** 20));
    const error = await failureOf(host.docker.getArchive('etcd', '/', { signal }));
    expect(error.code).toBe('DOCKER_CALL');
    expect(error.message).toContain('longer than 64 MiB');
  });
});

describe('a kept connection that Docker has closed', () => {
  it('does not fail a read', async () => {
    const host = await lane.connect();
    let asked = 0;
    lane.docker.answer = (_request, response) => {
      asked += 1;
      if (asked === 1) response.destroy();
      else reply(response, 200, []);
    };
    await expect(host.docker.list({ signal })).resolves.toEqual([]);
    expect(asked).toBe(2);
  });

  it('fails a change, which may have been made', async () => {
    const host = await lane.connect();
    let asked = 0;
    lane.docker.answer = (_request, response) => {
      asked += 1;
      response.destroy();
    };
    expect(await failureOf(host.docker.start('etcd', { signal }))).toMatchObject({ code: 'DOCKER_CALL' });
    expect(asked).toBe(1);
  });
});

/** The same host, whose calls end with another signal than the one that is passed to them. */
function withSignal(host: Host, other: AbortSignal): Host {
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (from, name) => {
        const value: unknown = Reflect.get(from, name, from);
        if (name === 'docker') return wrap(value as object);
        if (typeof value !== 'function') return value;
        return (...args: readonly unknown[]): unknown => {
          const last = args.at(-1) as object;
          return Reflect.apply(value, from, [...args.slice(0, -1), { ...last, signal: other }]) as unknown;
        };
      },
    });
  return wrap(host);
}

async function listen(
  where: number | string,
  greet: (socket: Socket) => void = () => undefined,
): Promise<{ readonly port: number; readonly path: string } & AsyncDisposable> {
  const sockets = new Set<{ destroy(): void }>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    greet(socket);
  });
  await new Promise<void>((resolve) => {
    if (typeof where === 'string') server.listen(where, resolve);
    else server.listen(where, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    path: typeof address === 'string' ? address : '',
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
