import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectHosts } from '../../src/host/connect/connect-hosts.js';
import type { KeyRingOptions } from '../../src/host/ssh/key-ring.js';
import { failureOf, Lane, signal } from './connected.js';
import { generateKey, type KeyFiles, type KeyType } from './keys.js';

let lane: Lane;
beforeEach(async () => (lane = await Lane.open()));
afterEach(() => lane[Symbol.asyncDispose]());

const locked = generateKey('ed25519', { passphrase: 'open sesame' });

/** Logs in with nothing but a key file. */
async function login(key: KeyFiles, keys: KeyRingOptions = {}): Promise<void> {
  lane.sshd.authorized = [key.public];
  const sshKeyPath = await lane.write('id', key.private);
  await lane.connect({ sshKey: '', sshKeyPath }, { keys });
}

describe('a host accepts a key', () => {
  it.each([
    ['rsa', 'PEM'],
    ['rsa', 'PKCS8'],
    ['ecdsa', 'RFC4716'],
    ['ecdsa', 'PKCS8'],
    ['ed25519', 'RFC4716'],
  ] as [KeyType, 'PEM' | 'PKCS8' | 'RFC4716'][])('of type %s in format %s', async (type, form) => {
    await login(generateKey(type, { form }));
    await login(generateKey(type, { form, passphrase: 'secret' }), { passphrase: 'secret' });
  });
});

describe('a key with a passphrase', () => {
  it('is decrypted with the passphrase of the environment', async () => {
    const ask = vi.fn();
    await login(locked, { passphrase: 'open sesame', ask });
    expect(ask).not.toHaveBeenCalled();
  });

  it('is asked for once, however many hosts use it', async () => {
    lane.sshd.authorized = [locked.public];
    const sshKeyPath = await lane.write('id', locked.private);
    const ask = vi.fn(() => Promise.resolve('open sesame'));
    const nodes = ['127.0.0.1', 'localhost'].map((address) => lane.node({ address, sshKey: '', sshKeyPath }));
    await using set = await connectHosts(nodes, {
      events: lane.sink,
      limit: 5,
      signal,
      knownHostsFile: lane.knownHosts,
      sshConfigFile: join(lane.folder, 'ssh_config'),
      keys: { ask },
    });
    expect(set.hosts.size).toBe(2);
    expect(ask).toHaveBeenCalledOnce();
    expect(ask).toHaveBeenCalledWith(`Passphrase for SSH key ${sshKeyPath}: `, { signal });
  });

  it('is asked for if the passphrase of the environment is another one', async () => {
    const ask = vi.fn(() => Promise.resolve('open sesame'));
    await login(locked, { passphrase: 'of another key', ask });
    expect(ask).toHaveBeenCalledOnce();
  });

  it.each([
    ['was typed', { ask: () => Promise.resolve('mistyped') }, 'typed'],
    ['the environment has', { passphrase: 'mistyped' }, 'from RKE_SSH_KEY_PASSPHRASE'],
  ])('is reported if the passphrase that %s is wrong', async (_case, keys, origin) => {
    const error = await failureOf(login(locked, keys));
    expect(error).toMatchObject({ code: 'SSH_KEY_PASSPHRASE', exitCode: 5, host: lane.sshd.address });
    expect(error.message).toContain(`wrong passphrase for SSH key ${join(lane.folder, 'id')} (${origin})`);
    expect(JSON.stringify(error)).not.toContain('mistyped');
    expect(lane.sshd.connections).toBe(0);
  });

  it('is reported with all ways to provide a passphrase if there is none', async () => {
    const error = await failureOf(login(locked));
    expect(error.code).toBe('SSH_KEY_ENCRYPTED');
    expect(error.fix).toMatch(/ssh-add.*RKE_SSH_KEY_PASSPHRASE.*terminal/);
  });

  it('is accepted in cluster.yml', async () => {
    lane.sshd.authorized = [locked.public];
    await lane.connect({ sshKey: locked.private }, { keys: { passphrase: 'open sesame' } });
  });

  it('is not asked for again after Ctrl-C', async () => {
    const control = new AbortController();
    const reason = new Error('enough');
    const ask = vi.fn(() => {
      control.abort(reason);
      return Promise.reject(reason);
    });
    const sshKeyPath = await lane.write('id', locked.private);
    await expect(
      lane.connectAll({ sshKey: '', sshKeyPath }, { keys: { ask }, signal: control.signal }),
    ).rejects.toBe(reason);
  });
});

describe('a login without a key in cluster.yml', () => {
  const other = generateKey('ed25519');
  const none = { sshKey: '', sshKeyPath: '' };

  it('tries the keys of ssh_config one after another', async () => {
    const key = generateKey('ecdsa');
    lane.sshd.authorized = [key.public];
    const [first, second] = [
      await lane.write('first', other.private),
      await lane.write('second', key.private),
    ];
    await lane.write('ssh_config', `IdentityFile ${first}\nIdentityFile /missing\nIdentityFile ${second}\n`);
    await lane.connect(none);
  });

  it('asks for a passphrase only if there is no other key', async () => {
    lane.sshd.authorized = [other.public];
    const [first, second] = [
      await lane.write('first', locked.private),
      await lane.write('second', other.private),
    ];
    await lane.write('ssh_config', `IdentityFile ${first}\nIdentityFile ${second}\n`);
    const ask = vi.fn(() => Promise.resolve('open sesame'));
    await lane.connect(none, { keys: { ask } });
    expect(ask).not.toHaveBeenCalled();
    await lane.write('ssh_config', `IdentityFile ${first}\n`);
    lane.sshd.authorized = [locked.public];
    await lane.connect(none, { keys: { ask } });
    expect(ask).toHaveBeenCalledOnce();
  });

  it('names all keys that were tried when it is refused', async () => {
    const first = await lane.write('first', other.private);
    await lane.write('ssh_config', `IdentityFile ${first}\n`);
    const error = await lane.refusal(none);
    expect(error.code).toBe('SSH_AUTH');
    expect(error.message).toContain(first);
  });

  it('names the places that were searched if there is no key', async () => {
    await lane.write('ssh_config', `IdentityFile ${join(lane.folder, 'missing')}\n`);
    const error = await lane.refusal(none, { keys: { agentSocket: '' } });
    expect(error.code).toBe('SSH_KEY_FILE');
    expect(error.message).toContain(join(lane.folder, 'missing'));
  });

  it('reports a file that is not a key', async () => {
    await lane.write('ssh_config', `IdentityFile ${await lane.write('first', 'nonsense')}\n`);
    expect((await lane.refusal(none)).code).toBe('SSH_KEY_INVALID');
  });
});

/** A real ssh-agent, with its own protocol implementation. */
describe.runIf(existsSync('/usr/bin/ssh-agent'))('an SSH agent', () => {
  let agent: ChildProcess;
  let agentSocket: string;
  beforeEach(async () => {
    agentSocket = join(lane.folder, 'agent.sock');
    agent = spawn('ssh-agent', ['-D', '-a', agentSocket], { stdio: 'ignore' });
    await vi.waitFor(() => expect(existsSync(agentSocket)).toBe(true), { timeout: 5000 });
  });
  afterEach(() => void agent.kill());

  const add = async (key: KeyFiles, passphrase?: string): Promise<void> => {
    const file = await lane.write(`added-${passphrase ?? ''}`, key.private);
    if (passphrase !== undefined) spawnSync('ssh-keygen', ['-p', '-P', passphrase, '-N', '', '-f', file]);
    const { status, stderr } = spawnSync('ssh-add', ['-q', file], { env: { SSH_AUTH_SOCK: agentSocket } });
    if (status !== 0) throw new Error(String(stderr));
  };

  it('is used if cluster.yml enables it', async () => {
    const key = generateKey('rsa');
    lane.sshd.authorized = [key.public];
    await add(key);
    await lane.connect({ sshKey: '', sshAgentAuth: true }, { keys: { agentSocket } });
  });

  it('decrypts a key with a passphrase that it has, and offers no other', async () => {
    await add(generateKey('ed25519'));
    await add(locked, 'open sesame');
    const ask = vi.fn();
    await login(locked, { agentSocket, ask });
    expect(ask).not.toHaveBeenCalled();
  });

  it('without the key leads to a prompt for the passphrase', async () => {
    await add(generateKey('ed25519'));
    const ask = vi.fn(() => Promise.resolve('open sesame'));
    await login(locked, { agentSocket, ask });
    expect(ask).toHaveBeenCalledOnce();
  });

  it('is used if there is no key at all', async () => {
    const key = generateKey('ed25519');
    lane.sshd.authorized = [key.public];
    await add(key);
    await lane.write('ssh_config', `IdentityFile ${join(lane.folder, 'missing')}\n`);
    await lane.connect({ sshKey: '', sshKeyPath: '' }, { keys: { agentSocket } });
  });
});
