import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookUpHost, parseSshConfig } from '../../src/host/ssh/ssh-config.js';
import { Lane } from './connected.js';
import { makeKey, publicPart } from './fake-sshd.js';

let lane: Lane;
beforeEach(async () => {
  lane = await Lane.open();
  await mkdir(join(lane.folder, 'etc'));
});
afterEach(() => lane[Symbol.asyncDispose]());

const ofAnother = publicPart(makeKey().private);
const entry = (key = lane.sshd.hostKeys[0] ?? '', pattern = lane.sshd.pattern): string =>
  `${pattern} ${key}\n`;
const config = (text: string): Promise<string> => lane.write('ssh_config', text);
const system = (name: string, text: string): Promise<void> => writeFile(join(lane.folder, 'etc', name), text);

describe('StrictHostKeyChecking', () => {
  it.each(['yes', 'true', 'YES', 'nonsense'])(
    '%s refuses an unknown host, and records nothing',
    async (value) => {
      await config(`Host ${lane.sshd.address}\nStrictHostKeyChecking ${value}\n`);
      const error = await lane.refusal();
      expect(error).toMatchObject({ code: 'HOST_KEY_UNKNOWN', exitCode: 5, host: lane.sshd.address });
      expect(error.fix).toContain(
        `ssh-keyscan -p ${lane.sshd.port} ${lane.sshd.address} >> ${lane.knownHosts}`,
      );
      expect(error.details.retryable).not.toBe(true);
      await expect(lane.readKnownHosts()).rejects.toThrow('ENOENT');
      await lane.write('known_hosts', entry());
      await lane.connect();
    },
  );

  it.each(['ask', 'accept-new', 'no', 'off'])(
    '%s accepts an unknown host, but never a changed key',
    async (value) => {
      await config(`StrictHostKeyChecking ${value}\n`);
      await lane.connect();
      await lane.write('known_hosts', entry(ofAnother));
      expect((await lane.refusal()).code).toBe('HOST_KEY_CHANGED');
    },
  );

  it("is read from the system-wide configuration with its included files, unless the user's configuration overrides it", async () => {
    await mkdir(join(lane.folder, 'etc', 'ssh_config.d'));
    await system('ssh_config', 'Include ssh_config.d/*.conf\nHost *\nPort 1\n');
    await system('ssh_config.d/strict.conf', 'StrictHostKeyChecking yes\nUser nobody\n');
    expect((await lane.refusal()).code).toBe('HOST_KEY_UNKNOWN');
    await config('StrictHostKeyChecking accept-new\n');
    await lane.connect();
  });
});

describe('the system-wide known_hosts', () => {
  it.each(['ssh_known_hosts', 'ssh_known_hosts2'])(
    '%s refuses a different key and accepts its own',
    async (name) => {
      await system(name, entry(ofAnother));
      const error = await lane.refusal();
      expect(error).toMatchObject({ code: 'HOST_KEY_CHANGED' });
      expect(error.message).toContain(join(lane.folder, 'etc', `${name}:1`));
      await system(name, entry());
      await config('StrictHostKeyChecking yes\n');
      await lane.connect();
      await expect(lane.readKnownHosts()).rejects.toThrow('ENOENT');
    },
  );

  it('is read from all files that GlobalKnownHostsFile names', async () => {
    await system('ssh_known_hosts', entry(ofAnother));
    const other = await lane.write('other', entry(ofAnother, 'other'));
    const first = await lane.write('first', entry());
    await config(`GlobalKnownHostsFile ${other} ${first}\nStrictHostKeyChecking yes\n`);
    await lane.connect();
    await lane.write('first', `@revoked ${entry(undefined, '*')}`);
    expect((await lane.refusal()).code).toBe('HOST_KEY_REVOKED');
  });

  it("is read together with the user's: a key in either of them is known", async () => {
    await system('ssh_known_hosts', entry(ofAnother));
    await lane.write('known_hosts', entry());
    await lane.connect();
  });
});

describe('HostKeyAlias', () => {
  it('is the name in known_hosts at any port: for a different key, the right one, and an unknown host', async () => {
    await config('HostKeyAlias node-7\n');
    await lane.write('known_hosts', entry(ofAnother, 'node-7'));
    const error = await lane.refusal();
    expect(error).toMatchObject({ code: 'HOST_KEY_CHANGED' });
    expect(error.fix).toContain(`ssh-keygen -R 'node-7'`);
    await lane.write('known_hosts', entry(ofAnother));
    await lane.connect();
    expect(await lane.readKnownHosts()).toBe(entry(ofAnother) + entry(undefined, 'node-7'));
  });

  it('is part of the command that records the key', async () => {
    await config('HostKeyAlias node-7\nStrictHostKeyChecking yes\n');
    expect((await lane.refusal()).fix).toContain("| sed 's/^[^ #]*/node-7/' >>");
  });
});

describe('an unsupported option', () => {
  it.each([
    'RevokedHostKeys /revoked',
    'KnownHostsCommand /bin/keys %H',
    'CheckHostIP yes',
    'VerifyHostKeyDNS yes',
  ])('%s is reported once', async (line) => {
    await config(`${line}\n`);
    await lane.connect();
    expect(lane.sink.events.filter(({ type }) => type === 'warning')).toEqual([
      { type: 'warning', message: expect.stringContaining(`${line.split(' ', 1)[0]} in your SSH`) as string },
    ]);
  });

  it.each(['RevokedHostKeys none', 'CheckHostIP no', 'VerifyHostKeyDNS ask', 'HashKnownHosts yes'])(
    '%s is ignored if it changes nothing',
    (line) => expect(lookUpHost(parseSshConfig(line), 'a')).toEqual({ identityFiles: [] }),
  );
});

const hasSsh = spawnSync('ssh', ['-V']).status === 0;

describe.runIf(hasSsh)('the ssh of this machine reads the same from a configuration', () => {
  it.each([
    [
      'Host node-1\nStrictHostKeyChecking yes\nHost *\nStrictHostKeyChecking no\n',
      'stricthostkeychecking true',
    ],
    ['HostKeyAlias x\nHostKeyAlias y\n', 'hostkeyalias x'],
    ['GlobalKnownHostsFile /a "/b c"\n', 'globalknownhostsfile /a "/b c"'],
  ])('%j', async (text, expected) => {
    const file = await config(text);
    const { hostKeys } = lookUpHost(parseSshConfig(text), 'node-1');
    const said = execFileSync('ssh', ['-G', '-F', file, 'node-1'], { encoding: 'utf8' }).split('\n');
    expect(said.map((line) => line.replaceAll('"', ''))).toContain(expected.replaceAll('"', ''));
    expect(hostKeys).toEqual(
      {
        stricthostkeychecking: { isStrict: true },
        hostkeyalias: { alias: 'x' },
        globalknownhostsfile: { globalFiles: ['/a', '/b c'] },
      }[expected.split(' ', 1)[0] ?? ''],
    );
  });
});
