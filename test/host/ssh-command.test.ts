import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { anyHost } from '../../src/core/errors.js';
import { connectError } from '../../src/host/ssh/connect-errors.js';
import { sshCommand } from '../../src/host/ssh/ssh-command.js';
import { targetOf, type SshLogin, type SshTarget } from '../../src/host/ssh/ssh-target.js';

const none = { identityFiles: [] };
const node: SshLogin = { address: '10.0.0.1', user: 'ops', port: '2222', sshKeyPath: '~/.ssh/ops' };

function commandOf(login: Partial<SshLogin>, bastion?: SshLogin): string {
  const via = bastion === undefined ? undefined : targetOf(bastion, none);
  return sshCommand(targetOf({ ...node, ...login }, none, via), '10.0.0.1');
}

describe('the suggested ssh command', () => {
  const keyed = 'ssh -p 2222 -i ~/.ssh/ops -o IdentitiesOnly=yes';

  it('contains port, key and user', () => {
    expect(commandOf({})).toBe(`${keyed} ops@10.0.0.1`);
  });

  it('leaves the key to ssh if cluster.yml names none, or an agent is used', () => {
    expect(commandOf({ sshKeyPath: '', port: '' })).toBe('ssh -p 22 ops@10.0.0.1');
    expect(commandOf({ sshAgentAuth: true })).toBe('ssh -p 2222 ops@10.0.0.1');
  });

  it('never contains a key of cluster.yml', () => {
    expect(commandOf({ sshKey: 'secret' })).toBe(
      'ssh -p 2222 -i KEY_FILE -o IdentitiesOnly=yes ops@10.0.0.1',
    );
  });

  it('goes through the bastion host, with its port, user and key', () => {
    const bastion = { address: 'fd00::9', user: 'gate' };
    expect(commandOf({}, bastion)).toBe(`${keyed} -J 'gate@[fd00::9]:22' ops@10.0.0.1`);
    expect(commandOf({}, { ...bastion, sshKeyPath: '/keys/the gate' })).toBe(
      `${keyed} -o ProxyCommand='ssh -p 22 -i '\\''/keys/the gate'\\'' -o IdentitiesOnly=yes -W %h:%p gate@fd00::9' ops@10.0.0.1`,
    );
  });

  it.runIf(spawnSync('ssh', ['-V']).status === 0)('is understood by ssh and by the shell', () => {
    const read = (bastion?: SshLogin): string => {
      const command = commandOf({}, bastion).replace(/^ssh /, 'ssh -F none -G ');
      const { stdout, status } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
      expect(status).toBe(0);
      return stdout;
    };
    expect(read()).toMatch(/^(?:host .*\n)?user ops\n(?:.*\n)*hostname 10\.0\.0\.1\nport 2222\n/);
    expect(read()).toContain('identitiesonly yes');
    expect(read({ address: '10.0.0.9', user: 'gate' })).toMatch(/proxyjump gate@\[?10\.0\.0\.9\]?:22/);
    const withKey = read({ address: '10.0.0.9', user: 'gate', sshKeyPath: '/keys/the gate' });
    expect(withKey).toContain(
      "proxycommand ssh -p 22 -i '/keys/the gate' -o IdentitiesOnly=yes -W %h:%p gate@10.0.0.9",
    );
  });
});

describe('an SSH error', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:2222'), { code: 'ECONNREFUSED' });
  const denied = Object.assign(new Error('All configured authentication methods failed'), {
    level: 'client-authentication',
  });
  const targets = ['10.0.0.1', '10.0.0.2'].map((address): SshTarget => targetOf({ ...node, address }, none));

  it.each([
    ['a refused connection', refused],
    ['a refused login', denied],
  ])('is the same for every host: %s', (_case, cause) => {
    const [one, other] = targets.map((target) => connectError(cause, target));
    expect(one?.message).toBe(other?.message);
    expect(one?.fixFor(anyHost)).toBe(other?.fixFor(anyHost));
    expect(one?.host).not.toBe(other?.host);
  });

  it('has a command for its host', () => {
    const [target] = targets;
    expect(target && connectError(denied, target)).toMatchObject({
      message: 'SSH authentication failed for user "ops" (key ~/.ssh/ops)',
      fix: 'check `ssh -p 2222 -i ~/.ssh/ops -o IdentitiesOnly=yes ops@10.0.0.1`; correct user or key in cluster.yml',
    });
  });

  it.each([
    ['cluster.yml', { port: '2222' }, {}, 'SSH connection refused (port 2222)'],
    ['ssh_config', {}, { port: 22 }, 'SSH connection refused (port 22 from ~/.ssh/config)'],
    ['the default', {}, {}, 'SSH connection refused (port 22, the default)'],
  ])('names %s as the origin of the port', (_case, login, config, message) => {
    const target = targetOf({ address: 'a', ...login }, { ...none, ...config });
    expect(connectError(refused, target).message).toBe(message);
  });

  it('names the default keys as defaults', () => {
    expect(connectError(denied, targetOf({ address: 'a', user: 'ops' }, none)).message).toBe(
      'SSH authentication failed for user "ops" (any of ~/.ssh/id_rsa, ~/.ssh/id_ecdsa, ~/.ssh/id_ed25519; the default, since cluster.yml names no key)',
    );
  });
});
