import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectHosts } from '../../src/host/connect/connect-hosts.js';
import type { SshNode } from '../../src/host/connect/ssh-node.js';
import { failureOf, Lane, signal } from './connected.js';
import { FakeSshd, userKey } from './fake-sshd.js';
import { reply } from './fake-docker.js';

let lane: Lane;
let gate: FakeSshd;
let inner: FakeSshd;
beforeEach(async () => {
  lane = await Lane.open();
  gate = await FakeSshd.start();
  inner = await FakeSshd.start();
});
afterEach(async () => {
  await lane[Symbol.asyncDispose]();
  await gate[Symbol.asyncDispose]();
  await inner[Symbol.asyncDispose]();
});

/** An address that only ssh_config knows; without port and key. */
const named = { address: 'node-1', sshKey: '', sshKeyPath: '' };

async function config(text: string): Promise<void> {
  const key = await lane.write('id', userKey.private);
  await lane.write('ssh_config', `${text}\nHost *\n  User rke\n  IdentityFile ${key}\n`);
}
const block = (name: string, { port }: { readonly port: number }, more = ''): string =>
  `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  ${more}\n`;

describe('a host of ssh_config', () => {
  it('is reached by its alias, and stays known by the name of cluster.yml', async () => {
    await config(block('node-1', lane.sshd));
    const set = await lane.connectAll({ ...named, port: '' });
    expect([...set.hosts.keys()]).toEqual(['node-1']);
    expect(await lane.readKnownHosts()).toContain(`${lane.sshd.pattern} `);
    expect(lane.sink.events).toMatchObject([
      { type: 'host-key-recorded', host: 'node-1' },
      { type: 'host-connected', host: 'node-1' },
    ]);
  });

  it('uses the port of cluster.yml if it is set', async () => {
    await config(block('node-1', { port: 1 }));
    await lane.connect({ ...named, port: String(lane.sshd.port) });
    const error = await lane.refusal({ ...named, port: '' });
    expect(error).toMatchObject({ code: 'SSH_REFUSED', host: 'node-1' });
    expect(error.message).toContain('127.0.0.1, port 1 from ~/.ssh/config');
  });

  it('is recorded in the file that ssh_config names', async () => {
    const [first, second] = [join(lane.folder, 'first'), join(lane.folder, 'second')];
    await config(block('node-1', lane.sshd, `UserKnownHostsFile ${first} ${second}`));
    const node: SshNode = { ...named, dockerSocket: lane.docker.socket };
    const connect = async (): Promise<string[]> => {
      await using set = await connectHosts([node], {
        events: lane.sink,
        limit: 1,
        signal,
        sshConfigFile: join(lane.folder, 'ssh_config'),
      });
      return [...set.unreachable.values()].map(({ code, message }) => `${code} ${message}`);
    };
    expect(await connect()).toEqual([]);
    const line = await readFile(first, 'utf8');
    expect(line).toBe(`${lane.sshd.pattern} ${lane.sshd.hostKeys[0] ?? ''}\n`);
    await lane.write('first', '');
    await lane.write('second', line.replace(lane.sshd.hostKeys[0] ?? '', gate.hostKeys[0] ?? ''));
    expect(await connect()).toEqual([expect.stringMatching(`HOST_KEY_CHANGED .*${second}:1`)]);
  });

  it('with a ProxyCommand is dialled directly, with an explanation if that fails', async () => {
    await config(block('node-1', { port: 1 }, 'ProxyCommand ssh -W %h:%p gate'));
    expect((await lane.refusal({ ...named, port: '' })).fix).toContain(
      'ProxyCommand in ~/.ssh/config is not supported',
    );
  });
});

describe('a ProxyJump', () => {
  it('leads through a host of ssh_config, with one connection for all', async () => {
    await config(block('gate', gate) + block('node-*', lane.sshd, 'ProxyJump gate'));
    const nodes = ['node-1', 'node-2'].map((address) => ({
      ...named,
      address,
      dockerSocket: lane.docker.socket,
    }));
    await using set = await connectHosts(nodes, {
      events: lane.sink,
      limit: 5,
      signal,
      knownHostsFile: lane.knownHosts,
      sshConfigFile: join(lane.folder, 'ssh_config'),
    });
    expect([...set.hosts.keys()].sort()).toEqual(['node-1', 'node-2']);
    expect(gate.connections).toBe(1);
    expect(gate.forwarded).toEqual(Array(2).fill(`127.0.0.1:${lane.sshd.port}`));
  });

  it.each([
    ['two hosts of one line', 'ProxyJump gate,inner', ''],
    ['a host that has one itself', 'ProxyJump inner', 'ProxyJump gate'],
  ])('leads through %s', async (_case, ofNode, ofInner) => {
    await config(block('gate', gate) + block('inner', inner, ofInner) + block('node-1', lane.sshd, ofNode));
    const host = await lane.connect({ ...named, port: '' });
    expect(await host.exec('true', { signal })).toMatchObject({ code: 0 });
    expect(gate.forwarded).toEqual([`127.0.0.1:${inner.port}`]);
    expect(inner.forwarded).toEqual([`127.0.0.1:${lane.sshd.port}`]);
  });

  it('with its own user and port needs no block', async () => {
    await config(block('node-1', lane.sshd, `ProxyJump rke@127.0.0.1:${gate.port}`));
    await lane.connect({ ...named, port: '' });
    expect(gate.connections).toBe(1);
  });

  it('for all hosts does not apply to the jump host itself', async () => {
    await config(`${block('gate', gate)}${block('node-1', lane.sshd)}Host *\n  ProxyJump gate\n`);
    await lane.connect({ ...named, port: '' });
    expect(gate.forwarded).toEqual([`127.0.0.1:${lane.sshd.port}`]);
  });

  it('in a circle is reported', async () => {
    await config(
      block('gate', gate, 'ProxyJump inner') +
        block('inner', inner, 'ProxyJump gate') +
        block('node-1', lane.sshd, 'ProxyJump gate'),
    );
    const error = await lane.refusal({ ...named, port: '' });
    expect(error).toMatchObject({ code: 'SSH_CONFIG', exitCode: 5 });
    expect(error.message).toContain('is circular');
  });

  it('that cannot be reached excludes the hosts behind it, and no others', async () => {
    await config(block('gate', { port: 1 }) + block('node-1', lane.sshd, 'ProxyJump gate'));
    const error = await lane.refusal({ ...named, port: '' });
    expect(error.code).toBe('SSH_REFUSED');
    expect(error.message).toMatch(/^bastion host gate: SSH connection refused/);
    expect(error.host).toBe(named.address);
    await lane.connect();
  });

  it('is ignored if cluster.yml has a bastion host', async () => {
    await config(block('node-1', lane.sshd, 'ProxyJump inner') + block('inner', inner) + block('gate', gate));
    await lane.connect({ ...named, port: '' }, { bastion: { address: 'gate' } });
    expect([gate.connections, inner.connections]).toEqual([1, 0]);
  });

  it('is dialled again together with the host behind it', async () => {
    lane.docker.answer = (_request, response) => reply(response, 200, []);
    await config(block('gate', gate) + block('node-1', lane.sshd, 'ProxyJump gate'));
    const host = await lane.connect({ ...named, port: '' });
    gate.drop();
    await vi.waitFor(() => expect(lane.sshd.openConnections).toBe(0));
    expect(await host.docker.list({ signal })).toEqual([]);
  });
});

it('an unreadable ssh_config stops the run before any host is dialled', async () => {
  await lane.write('ssh_config', `Include ${join(lane.folder, 'ssh_config')}`);
  expect((await failureOf(lane.connectAll())).code).toBe('SSH_CONFIG');
  expect(lane.sshd.connections).toBe(0);
});
