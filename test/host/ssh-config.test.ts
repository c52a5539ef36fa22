import { mkdir, writeFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SshConfigFile } from '../../src/host/ssh/ssh-config-file.js';
import { lookUpHost, parseSshConfig } from '../../src/host/ssh/ssh-config.js';
import { targetOf } from '../../src/host/ssh/ssh-target.js';
import { failureOf, Lane } from './connected.js';

const lookUp = (text: string, host = 'node-1'): ReturnType<typeof lookUpHost> =>
  lookUpHost(parseSshConfig(text), host);

describe('ssh_config', () => {
  it('is read in all its spellings', () => {
    const text =
      '# first\r\n\tHOST node-1\r\n  hostname=10.0.0.1\n User = "the user" # who\nPort\t2222\nIdentityFile "~/my keys/id"\n';
    expect(lookUp(text)).toEqual({
      hostName: '10.0.0.1',
      user: 'the user',
      port: 2222,
      identityFiles: ['~/my keys/id'],
    });
  });

  it('returns the first value of an option, and all keys', () => {
    const text = `User all
Host node-*
  User nodes
  Port 2200
  IdentityFile ~/.ssh/nodes
Host *
  Port 22
  IdentityFile ~/.ssh/all`;
    expect(lookUp(text)).toEqual({
      user: 'all',
      port: 2200,
      identityFiles: ['~/.ssh/nodes', '~/.ssh/all'],
    });
    expect(lookUp(text, 'other')).toEqual({ user: 'all', port: 22, identityFiles: ['~/.ssh/all'] });
  });

  it.each([
    ['node-1', true],
    ['node-?', true],
    ['*', true],
    ['other node-1', true],
    ['other', false],
    ['node', false],
    ['!node-1 *', false],
    ['* !node-1', false],
    ['!node-2 node-*', true],
    ['!node-2', false],
  ])('applies the block for %j: %s', (patterns, applies) => {
    expect(lookUp(`Host ${patterns}\nPort 2222`).port).toBe(applies ? 2222 : undefined);
  });

  it.each([
    ['all', true],
    ['host 10.0.0.*', true],
    ['host node-1', false],
    ['originalhost node-1', true],
    ['originalhost other,node-*', true],
    ['originalhost node-1 host 10.0.0.9', false],
    ['user root', false],
    ['exec "touch /tmp/never"', false],
    ['originalhost node-1 exec "true"', false],
  ])('matches %j: %s, and runs nothing', (criteria, applies) => {
    const text = `Host node-1\nHostName 10.0.0.1\nMatch ${criteria}\nPort 2222`;
    expect(lookUp(text).port).toBe(applies ? 2222 : undefined);
  });

  it.each([
    ['gate', [{ host: 'gate' }]],
    ['ops@gate:2222', [{ host: 'gate', user: 'ops', port: 2222 }]],
    ['ssh://ops@gate:2222', [{ host: 'gate', user: 'ops', port: 2222 }]],
    ['a@[fd00::1]:2222,b', [{ host: 'fd00::1', user: 'a', port: 2222 }, { host: 'b' }]],
    ['none', []],
  ])('jumps over %s', (text, expected) => {
    expect(lookUp(`ProxyJump ${text}`).proxyJump).toEqual(expected);
  });

  it('sets neither a proxy nor a key with the value none', () => {
    expect(lookUp('ProxyCommand none\nIdentityFile none')).toEqual({ identityFiles: [] });
    expect(lookUp('ProxyCommand ssh -W %h:%p gate').proxyCommand).toBe('ssh -W %h:%p gate');
  });

  it('substitutes the name into HostName', () => {
    expect(lookUp('HostName %h.example.org').hostName).toBe('node-1.example.org');
  });
});

describe('included files', () => {
  let lane: Lane;
  beforeEach(async () => (lane = await Lane.open()));
  afterEach(() => lane[Symbol.asyncDispose]());

  it('are read in order, inside the block that includes them', async () => {
    await mkdir(join(lane.folder, 'config.d', 'folder'), { recursive: true });
    await writeFile(join(lane.folder, 'config.d', 'b.conf'), 'Host *\nUser b\nPort 2');
    await writeFile(join(lane.folder, 'config.d', 'a.conf'), 'Host node-1\nUser a');
    await writeFile(join(lane.folder, 'config.d', '.hidden'), 'User hidden');
    const path = await lane.write(
      'config',
      `Host node-*\n Include ${lane.folder}/config.d/* /missing\n HostName 10.0.0.1\nHost *\n Port 3`,
    );
    const config = await SshConfigFile.open(path);
    expect(config.lookUp('node-1')).toMatchObject({ user: 'a', port: 2, hostName: '10.0.0.1' });
    expect(config.lookUp('node-2')).toMatchObject({ user: 'b', port: 2 });
    expect(config.lookUp('other')).toEqual({ port: 3, identityFiles: [] });
  });

  it('are refused if they include each other', async () => {
    const path = join(lane.folder, 'config');
    await lane.write('config', `Include ${path}`);
    expect(await failureOf(SshConfigFile.open(path))).toMatchObject({ code: 'SSH_CONFIG', exitCode: 5 });
  });

  it('are optional', async () => {
    expect((await SshConfigFile.open(join(lane.folder, 'missing'))).lookUp('a')).toEqual({
      identityFiles: [],
    });
  });
});

describe('a login', () => {
  const config = lookUpHost(
    parseSshConfig(
      'HostName 10.0.0.1\nUser config\nPort 2222\nIdentityFile ~/.ssh/%r@%h%%\nUserKnownHostsFile ~/known /other\nProxyJump gate',
    ),
    'node-1',
  );

  it('takes from ssh_config what cluster.yml does not set', () => {
    expect(targetOf({ address: 'node-1' }, config)).toMatchObject({
      address: 'node-1',
      hostName: '10.0.0.1',
      user: 'config',
      port: 2222,
      sshKeyPath: undefined,
      identityFiles: ['~/.ssh/config@10.0.0.1%'],
      userKnownHostsFiles: [join(homedir(), 'known'), '/other'],
      jumps: [{ host: 'gate' }],
    });
  });

  it('keeps what cluster.yml sets', () => {
    const login = { address: 'node-1', user: 'ops', port: '22', sshKeyPath: '/key' };
    expect(targetOf(login, config)).toMatchObject({ user: 'ops', port: 22, sshKeyPath: '/key' });
  });

  it('uses the defaults of ssh if neither sets anything', () => {
    expect(targetOf({ address: 'node-1', user: '', port: '' }, { identityFiles: [] })).toMatchObject({
      hostName: 'node-1',
      user: userInfo().username,
      port: 22,
      identityFiles: ['~/.ssh/id_rsa', '~/.ssh/id_ecdsa', '~/.ssh/id_ed25519'],
      jumps: [],
    });
  });

  it('records no host keys if ssh_config names no file', () => {
    const none = lookUpHost(parseSshConfig('UserKnownHostsFile none'), 'a');
    expect(targetOf({ address: 'a' }, none).userKnownHostsFiles).toEqual(['/dev/null']);
  });
});
