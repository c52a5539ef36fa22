import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failureOf, Lane, signal } from './connected.js';
import { reply } from './fake-docker.js';

let lane: Lane;
beforeEach(async () => (lane = await Lane.open()));
afterEach(() => lane[Symbol.asyncDispose]());

/** Responses of OpenSSH with AllowTcpForwarding no, and with AllowStreamLocalForwarding no. */
const refusals = ['prohibited', 'refused'] as const;

describe.each(refusals)('an sshd that does not forward to sockets (%s)', (forwarding) => {
  beforeEach(() => {
    lane.sshd.forwarding = forwarding;
    lane.sshd.run = () => ({ stdout: 'alive\n', code: 0 });
  });

  it('leads to Docker through its CLI on the host, over the same connection', async () => {
    lane.sshd.hasDockerCli = true;
    lane.docker.answer = (_request, response) => reply(response, 200, []);
    const { docker } = await lane.connect();
    for (let count = 0; count < 5; count += 1) expect(await docker.list({ signal })).toEqual([]);
    expect(lane.sshd.connections).toBe(1);
    const ways = lane.sshd.commands.filter((command) => command.includes('dial-stdio'));
    // The first two questions are asked concurrently.
    expect(ways).toHaveLength(2);
    expect([...new Set(ways)]).toEqual([`docker -H 'unix://${lane.docker.socket}' system dial-stdio`]);
  });

  it('is reported together with the missing CLI if the host has no Docker CLI', async () => {
    const error = await lane.refusal();
    expect(error).toMatchObject({ code: 'SSH_FORWARDING', exitCode: 5, host: lane.sshd.address });
    expect(error.message).toContain('system dial-stdio` failed with exit code 127: sh: 1: docker: not found');
    expect(error.fix).toContain('AllowStreamLocalForwarding yes');
  });
});

describe('docker system dial-stdio', () => {
  beforeEach(() => {
    lane.sshd.forwarding = 'prohibited';
    lane.sshd.hasDockerCli = true;
  });

  it('is started again after a lost connection', async () => {
    const { docker } = await lane.connect();
    lane.docker.answer = () => {
      lane.docker.answer = (_again, second) => reply(second, 200, []);
      lane.sshd.drop();
    };
    expect(await docker.list({ signal })).toEqual([]);
    expect(lane.sshd.connections).toBe(2);
  });

  it('returns large responses complete, and an aborted call does not affect the next one', async () => {
    const { docker } = await lane.connect();
    const text = Buffer.alloc(2_000_000, 'x');
    lane.docker.answer = (_request, response) => response.end(text);
    expect((await docker.getArchive('etcd', '/', { signal }))?.length).toBe(text.length);
    const control = new AbortController();
    const reason = new Error('enough');
    lane.docker.answer = () => control.abort(reason);
    await expect(docker.list({ signal: control.signal })).rejects.toBe(reason);
    lane.docker.answer = (_request, response) => reply(response, 200, []);
    expect(await docker.list({ signal })).toEqual([]);
  });

  it('keeps commands, calls, pulls and queries to registries within the sessions of a default sshd', async () => {
    lane.docker.answer = (_request, response) => void setTimeout(() => reply(response, 200, []), 5);
    const { docker, exec } = await lane.connect().then((host) => ({
      docker: host.docker,
      exec: (command: string) => host.exec(command, { signal }),
    }));
    // Two of the ten may be sessions that sshd has not closed yet.
    lane.sshd.maxSessions = 8;
    await Promise.all(
      Array.from({ length: 24 }, (_, index) => [
        docker.askRegistry(`image:${index}`, { signal }),
        docker.pull(`image:${index}`, { signal }),
        docker.list({ signal }),
        exec('true'),
      ]).flat(),
    );
    expect(lane.sshd.connections).toBe(1);
    expect(lane.sshd.refusedSessions).toBe(0);
  });

  it('waits for a session that sshd has not closed yet', async () => {
    const host = await lane.connect();
    lane.sshd.maxSessions = 0;
    setTimeout(() => (lane.sshd.maxSessions = 10), 250);
    await expect(host.exec('true', { signal })).resolves.toMatchObject({ code: 0 });
    expect(lane.sshd.refusedSessions).toBeGreaterThan(0);
  });

  it('fails with a clear error if sshd has no session left', async () => {
    const { docker } = await lane.connect({}, { timing: { sessionMilliseconds: 200 } });
    lane.sshd.maxSessions = 0;
    lane.docker.closeConnections();
    await vi.waitFor(() => expect(lane.sshd.openChannels).toBe(0));
    const error = await failureOf(docker.list({ signal }));
    expect(error).toMatchObject({ code: 'SSH_SESSIONS', exitCode: 5, details: { retryable: true } });
    expect(error.fix).toContain('MaxSessions');
  });

  it('fails only the call if the daemon stops, not the SSH connection', async () => {
    const { docker } = await lane.connect();
    lane.docker.answer = () => undefined;
    const call = failureOf(docker.start('etcd', { signal }));
    await vi.waitFor(() => expect(lane.docker.seen).toHaveLength(1));
    lane.docker.closeConnections();
    expect((await call).exitCode).toBe(6);
    expect(lane.sshd.connections).toBe(1);
  });
});
