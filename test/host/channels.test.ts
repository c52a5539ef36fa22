import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Host } from '../../src/host/host.js';
import { dockerInfo, reply } from './fake-docker.js';
import { failureOf, Lane, signal } from './connected.js';
import { FakeSshd } from './fake-sshd.js';
import { SilentProxy } from './silent-proxy.js';

let lane: Lane;
beforeEach(async () => (lane = await Lane.open()));
afterEach(() => lane[Symbol.asyncDispose]());

/** A host whose Docker has reported its version, without the channels that were opened for that. */
async function connectIdle(): Promise<Host> {
  const host = await lane.connect();
  lane.docker.closeConnections();
  await vi.waitFor(() => expect(lane.sshd.openChannels).toBe(0));
  lane.sshd.forwarded.length = 0;
  return host;
}

const summary = { Id: 'abc', Names: ['/etcd'], Image: 'etcd:v1', State: 'running', Labels: { a: 'b' } };

describe('the only connection to a host', () => {
  it('carries all calls to Docker', async () => {
    lane.docker.answer = (_request, response) => reply(response, 200, [summary]);
    const { docker } = await lane.connect();
    const found = await Promise.all(Array.from({ length: 40 }, () => docker.list({ signal })));
    expect(found).toHaveLength(40);
    expect(found[0]).toEqual([
      { id: 'abc', name: 'etcd', image: 'etcd:v1', running: true, labels: { a: 'b' }, networkMode: '' },
    ]);
    expect(lane.sshd.connections).toBe(1);
    expect(lane.sshd.forwarded.length).toBeLessThanOrEqual(4);
  });

  it('uses one channel for consecutive calls', async () => {
    lane.docker.answer = (_request, response) => reply(response, 200, []);
    const { docker } = await connectIdle();
    for (let count = 0; count < 10; count += 1) await docker.list({ signal });
    expect(lane.sshd.forwarded).toEqual([lane.docker.socket]);
  });

  it('reports the version and settings of Docker', async () => {
    const { facts } = await lane.connectAll();
    expect(facts.get(lane.sshd.address)).toEqual({
      version: dockerInfo.ServerVersion,
      apiVersion: '1.41',
      rootDir: '/var/lib/docker',
      osType: 'linux',
      operatingSystem: dockerInfo.OperatingSystem,
      architecture: 'x86_64',
      cgroupDriver: 'systemd',
      cgroupVersion: '2',
      securityOptions: dockerInfo.SecurityOptions,
      hostname: 'node-1',
    });
    expect(lane.sink.events).toMatchObject([
      { type: 'host-key-recorded' },
      { type: 'host-connected', dockerVersion: '20.10.24' },
    ]);
  });

  it('opens many channels without a warning from Node', async () => {
    const warned = vi.fn();
    process.on('warning', warned);
    const host = await lane.connect();
    await Promise.all(Array.from({ length: 30 }, () => host.exec('true', { signal })));
    await sleep(10);
    process.off('warning', warned);
    expect(warned).not.toHaveBeenCalled();
  });
});

describe('an aborted call', () => {
  it('ends with the reason, and the next call succeeds', async () => {
    const { docker } = await lane.connect();
    const reason = new Error('enough');
    for (let count = 0; count < 6; count += 1) {
      const control = new AbortController();
      lane.docker.answer = () => control.abort(reason);
      await expect(docker.inspect('etcd', { signal: control.signal })).rejects.toBe(reason);
    }
    lane.docker.answer = (_request, response) => reply(response, 200, [summary]);
    expect(await docker.list({ signal })).toHaveLength(1);
    expect(lane.sshd.connections).toBe(1);
  });

  it('ends in the middle of a response, and leaves no channel open', async () => {
    const { docker } = await connectIdle();
    const control = new AbortController();
    const reason = new Error('enough');
    lane.docker.answer = (_request, response) => {
      response.writeHead(200);
      response.write('begun');
      setTimeout(() => control.abort(reason), 20);
    };
    await expect(docker.getArchive('etcd', '/', { signal: control.signal })).rejects.toBe(reason);
    await expect(docker.pull('a:1', { signal: control.signal })).rejects.toBe(reason);
    await vi.waitFor(() => expect(lane.sshd.openChannels).toBe(0));
  });

  it('is not sent if the signal was aborted before', async () => {
    const { docker } = await lane.connect();
    const reason = new Error('before');
    await expect(docker.list({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(lane.docker.seen).toEqual([]);
  });

  it('can be a command', async () => {
    const host = await lane.connect();
    lane.sshd.run = () => undefined;
    await expect(host.exec('sleep 99', { signal: AbortSignal.timeout(20) })).rejects.toThrow(/timeout/);
    lane.sshd.run = (command) => ({ stdout: `ran ${command}\n`, stderr: 'ä', code: 3 });
    expect(await host.exec('x', { signal })).toEqual({ code: 3, stdout: 'ran x\n', stderr: 'ä' });
  });

  it('can be the connection attempt, if Docker accepts calls and does not respond', async () => {
    lane.docker.isResponsive = false;
    const reason = new Error('enough');
    const control = new AbortController();
    setTimeout(() => control.abort(reason), 100);
    await expect(lane.connectAll({}, { signal: control.signal })).rejects.toBe(reason);
    await vi.waitFor(() => expect(lane.sshd.openConnections).toBe(0));
  });
});

describe('a lost connection', () => {
  const lost = { code: 'SSH_CONNECTION_LOST', exitCode: 5, host: '127.0.0.1' };

  it.each([
    ['before the response', ''],
    ['in the middle of the response', '{"status":"Pulling"}\n{"sta'],
  ])('ends calls that may have changed something %s', async (_case, begun) => {
    const host = await lane.connect();
    const { docker } = host;
    lane.sshd.run = () => undefined;
    lane.docker.answer = (_request, response) => {
      if (begun === '') return;
      response.writeHead(200);
      response.write(begun);
    };
    const calls = [
      docker.remove('etcd', { signal }),
      docker.wait('etcd', { signal }),
      docker.pull('a:1', { signal }),
      docker.start('etcd', { signal }),
      host.exec('sleep 99', { signal }),
    ].map(failureOf);
    await vi.waitFor(() => expect(lane.docker.seen).toHaveLength(4));
    lane.sshd.drop();
    for (const call of calls) expect(await call).toMatchObject({ ...lost, details: { retryable: true } });
    expect(lane.docker.seen).toHaveLength(4);
  });

  it.each([
    ['before the response', ''],
    ['in the middle of the response', '[{"Id":'],
  ])('repeats reads %s', async (_case, begun) => {
    const host = await lane.connect();
    lane.sshd.run = () => undefined;
    lane.docker.answer = (_request, response) => {
      if (begun === '') return;
      response.writeHead(200);
      response.write(begun);
    };
    const list = host.docker.list({ signal });
    const archive = host.docker.getArchive('etcd', '/', { signal });
    const command = host.read('cat file', { signal });
    await vi.waitFor(() => expect([lane.docker.seen.length, lane.sshd.commands.length]).toEqual([2, 1]));
    lane.docker.answer = (_request, response) => reply(response, 200, [summary]);
    lane.sshd.run = () => ({ stdout: 'text', code: 0 });
    lane.sshd.drop();
    expect(await list).toMatchObject([{ id: 'abc' }]);
    expect((await archive)?.toString()).toContain('abc');
    expect(await command).toMatchObject({ stdout: 'text' });
    expect(lane.sshd.connections).toBe(2);
    expect(lane.sink.events.at(-1)).toMatchObject({ type: 'warning', host: '127.0.0.1' });
  });

  it('is reconnected once for a read, not twice', async () => {
    const { docker } = await lane.connect();
    lane.docker.answer = () => lane.sshd.drop();
    expect(await failureOf(docker.list({ signal }))).toMatchObject(lost);
    expect(lane.docker.seen).toHaveLength(2);
  });

  it('ends the call if only Docker is lost', async () => {
    const { docker } = await lane.connect();
    lane.docker.answer = (_request, response) => {
      response.writeHead(200);
      response.write('{');
      setTimeout(() => response.destroy(), 20);
    };
    const broken = { code: 'DOCKER_CALL', exitCode: 6, host: '127.0.0.1' };
    expect(await failureOf(docker.wait('etcd', { signal }))).toMatchObject(broken);
    expect(await failureOf(docker.list({ signal }))).toMatchObject(broken);
    expect(await failureOf(docker.pull('a:1', { signal }))).toMatchObject({ code: 'PULL_FAILED' });
  });

  it('is reconnected for later calls, and all of them share the new one', async () => {
    const host = await lane.connect();
    lane.docker.answer = (_request, response) => reply(response, 204);
    lane.sshd.drop();
    await vi.waitFor(() => expect(lane.sshd.openConnections).toBe(0));
    await Promise.all([
      host.docker.start('etcd', { signal }),
      host.docker.remove('kubelet', { signal }),
      host.exec('true', { signal }),
    ]);
    expect(lane.sshd.connections).toBe(2);
  });

  it('ends later calls if reconnecting fails, without an attempt for each', async () => {
    const host = await lane.connect();
    await lane.sshd[Symbol.asyncDispose]();
    const refused = { ...lost, message: expect.stringContaining('refused') as string, details: {} };
    expect(await failureOf(host.docker.list({ signal }))).toMatchObject(refused);
    const first = await failureOf(host.exec('true', { signal }));
    expect(first).toMatchObject(refused);
    expect(first.details.retryable).not.toBe(true);
    expect(await failureOf(host.dial({ host: 'localhost', port: 1 }, { signal }))).toBe(first);
  });

  it('is not reconnected for a call that is already aborted', async () => {
    const host = await lane.connect();
    await lane.sshd[Symbol.asyncDispose]();
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const reason = new Error('before');
    await expect(host.docker.list({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(host.exec('true', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await sleep(50);
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('is not reconnected if the host has a different key now', async () => {
    const host = await lane.connect();
    const { port } = lane.sshd;
    await lane.sshd[Symbol.asyncDispose]();
    await using other = await FakeSshd.start(undefined, port);
    expect((await failureOf(host.docker.list({ signal }))).code).toBe('HOST_KEY_CHANGED');
    expect((await failureOf(host.docker.list({ signal }))).code).toBe('HOST_KEY_CHANGED');
    expect(other.connections).toBe(1);
  });

  it('is reconnected to open a channel that was not open yet', async () => {
    const host = await connectIdle();
    lane.sshd.forwarding = 'hangs';
    const call = failureOf(host.dial({ host: '127.0.0.1', port: 1 }, { signal }));
    await vi.waitFor(() => expect(lane.sshd.forwarded).toHaveLength(1));
    lane.sshd.forwarding = 'works';
    lane.sshd.drop();
    expect(await call).toMatchObject({ code: 'SSH_CHANNEL' });
    expect(lane.sshd.forwarded).toEqual(['127.0.0.1:1', '127.0.0.1:1']);
  });

  it('is detected by its keepalive if the host falls silent', async () => {
    await using silent = await SilentProxy.start(lane.sshd.port);
    const host = await lane.connect({ port: String(silent.port) }, { timing: { keepaliveMilliseconds: 20 } });
    lane.sshd.run = () => undefined;
    const call = failureOf(host.exec('sleep 99', { signal }));
    await vi.waitFor(() => expect(lane.sshd.commands).toHaveLength(1));
    silent.fallSilent();
    expect(await call).toMatchObject(lost);
  });
});
