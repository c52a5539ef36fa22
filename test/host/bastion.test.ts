import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BastionSpec } from '../../src/config/cluster-spec.js';
import { failureOf, Lane, signal } from './connected.js';
import { reply } from './fake-docker.js';
import { FakeSshd, makeKey, publicPart, userKey } from './fake-sshd.js';

let lane: Lane;
let gate: FakeSshd;
beforeEach(async () => {
  lane = await Lane.open();
  gate = await FakeSshd.start();
});
afterEach(async () => {
  await lane[Symbol.asyncDispose]();
  await gate[Symbol.asyncDispose]();
});

const bastion = (changes: BastionSpec = {}): { bastion: BastionSpec } => ({
  bastion: {
    address: gate.address,
    port: String(gate.port),
    user: 'rke',
    sshKey: userKey.private,
    ...changes,
  },
});

describe('a bastion host', () => {
  it('leads to the hosts behind it, and both host keys are recorded', async () => {
    const host = await lane.connect({}, bastion());
    expect(await host.exec('true', { signal })).toMatchObject({ code: 0 });
    expect(gate.forwarded).toEqual([`${lane.sshd.address}:${lane.sshd.port}`]);
    expect(gate.connections).toBe(1);
    expect(lane.sshd.connections).toBe(1);
    expect(await lane.readKnownHosts()).toBe(
      `${gate.pattern} ${gate.hostKeys[0] ?? ''}\n${lane.sshd.pattern} ${lane.sshd.hostKeys[0] ?? ''}\n`,
    );
  });

  it('is disconnected together with its hosts', async () => {
    const set = await lane.connectAll({}, bastion());
    await set[Symbol.asyncDispose]();
    await vi.waitFor(() => expect([gate.openConnections, lane.sshd.openConnections]).toEqual([0, 0]));
  });

  it('is connected again if the connection to a host is lost', async () => {
    lane.docker.answer = (_request, response) => reply(response, 200, []);
    const host = await lane.connect({}, bastion());
    gate.drop();
    await vi.waitFor(() => expect(lane.sshd.openConnections).toBe(0));
    expect(await host.docker.list({ signal })).toEqual([]);
    expect([gate.connections, lane.sshd.connections]).toEqual([2, 2]);
  });

  it('takes its hosts with it if its connection is lost for good', async () => {
    const host = await lane.connect({}, bastion());
    await gate[Symbol.asyncDispose]();
    await vi.waitFor(() => expect(lane.sshd.openConnections).toBe(0));
    const error = await failureOf(host.docker.list({ signal }));
    expect(error).toMatchObject({ code: 'SSH_CONNECTION_LOST', host: lane.sshd.address });
    expect(error.message).toContain('refused');
  });

  it('is not used if it has no address', async () => {
    await lane.connect({}, bastion({ address: '' }));
    expect(gate.connections).toBe(0);
  });
});

describe('an error of the bastion host', () => {
  const said = /^bastion host: /;

  it.each([
    ['SSH_AUTH', { user: 'somebody' }],
    ['SSH_REFUSED', { port: '1' }],
    ['SSH_KEY_INVALID', { sshKey: 'no key' }],
    ['SSH_DNS', { address: 'host.invalid' }],
  ] as [string, BastionSpec][])('with code %s names the bastion host', async (code, changes) => {
    const error = await lane.refusal({}, bastion(changes));
    expect(error).toMatchObject({ code, exitCode: 5, host: changes.address ?? gate.address });
    expect(error.message).toMatch(said);
    expect(lane.sshd.connections).toBe(0);
  });

  it('names the line of known_hosts if its key has changed', async () => {
    await lane.write('known_hosts', `${gate.pattern} ${publicPart(makeKey().private)}\n`);
    const error = await lane.refusal({}, bastion());
    expect(error.code).toBe('HOST_KEY_CHANGED');
    expect(error.message).toMatch(said);
    expect(error.message).toContain(`${lane.knownHosts}:1`);
  });
});

describe('a host behind a bastion host', () => {
  it.each([
    ['prohibited', 'SSH_FORWARDING', 'AllowTcpForwarding'],
    ['refused', 'SSH_UNREACHABLE', 'from the bastion'],
    ['hangs', 'SSH_UNREACHABLE', 'from the bastion'],
  ] as const)('is unreachable if forwarding is %s, with code %s', async (forwarding, code, fix) => {
    gate.forwarding = forwarding;
    if (forwarding === 'hangs') vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => soon());
    const error = await lane.refusal({}, bastion());
    expect(error).toMatchObject({ code, exitCode: 5, host: lane.sshd.address });
    expect(error.message).toContain(`bastion host ${gate.address}`);
    expect(error.fix).toContain(fix);
  });

  it('reports its own error as its own, not as one of the bastion host', async () => {
    const error = await lane.refusal({ user: 'somebody' }, bastion());
    expect(error.code).toBe('SSH_AUTH');
    expect(error.message).not.toContain('bastion');
  });
});

function soon(): AbortSignal {
  const control = new AbortController();
  setTimeout(() => control.abort(new DOMException('timed out', 'TimeoutError')), 50);
  return control.signal;
}
