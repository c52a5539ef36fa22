import { createHmac, generateKeyPairSync } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Lane } from './connected.js';
import { FakeSshd, makeKey, publicPart } from './fake-sshd.js';

let lane: Lane;
beforeEach(async () => (lane = await Lane.open()));
afterEach(() => lane[Symbol.asyncDispose]());

const ofAnother = publicPart(makeKey().private);

/** A known_hosts line for the host, by default with its own key. */
const entry = (key = lane.sshd.hostKeys[0] ?? '', pattern = lane.sshd.pattern): string =>
  `${pattern} ${key}\n`;

describe('an unknown host', () => {
  it('is recorded with a notice', async () => {
    await lane.connect();
    expect(await lane.readKnownHosts()).toBe(entry());
    expect(lane.sink.events[0]).toEqual({
      type: 'host-key-recorded',
      host: lane.sshd.address,
      fingerprint: expect.stringMatching(/^SHA256:[\w+/]{43}$/) as string,
      file: lane.knownHosts,
    });
  });

  it('is known from then on', async () => {
    await lane.connect();
    await lane.connect();
    expect(await lane.readKnownHosts()).toBe(entry());
    expect(lane.sink.events.filter(({ type }) => type === 'host-key-recorded')).toHaveLength(1);
  });

  it.each([
    ['has no newline at its end', 'other ssh-rsa AAAA', 'other ssh-rsa AAAA\n'],
    ['has one', 'other ssh-rsa AAAA\n', 'other ssh-rsa AAAA\n'],
    ['is empty', '', ''],
  ])('gets a separate line in a file that %s', async (_case, before, kept) => {
    await lane.write('known_hosts', before);
    await lane.connect();
    expect(await lane.readKnownHosts()).toBe(`${kept}${entry()}`);
  });

  it('is recorded in a file that only its owner can write, in a directory that is created for it', async () => {
    const knownHostsFile = join(lane.folder, 'new', 'known_hosts');
    await lane.connect({}, { knownHostsFile });
    expect((await stat(knownHostsFile)).mode & 0o777).toBe(0o600);
    expect((await stat(join(lane.folder, 'new'))).mode & 0o777).toBe(0o700);
  });

  it('is refused if it cannot be recorded', async () => {
    const file = await lane.write('file', '');
    await expect(lane.connect({}, { knownHostsFile: join(file, 'known_hosts') })).rejects.toMatchObject({
      code: 'KNOWN_HOSTS',
      exitCode: 5,
    });
  });
});

describe('a known host', () => {
  it('is accepted without a new line if known_hosts has it as a hash', async () => {
    const salt = Buffer.from('salt');
    const hash = createHmac('sha1', salt).update(lane.sshd.pattern).digest('base64');
    const line = entry(lane.sshd.hostKeys[0], `|1|${salt.toString('base64')}|${hash}`);
    await lane.write('known_hosts', line);
    await lane.connect();
    expect(await lane.readKnownHosts()).toBe(line);
    expect(lane.sink.events).toMatchObject([{ type: 'host-connected' }]);
  });

  it('is never accepted with another key; the error names file and line', async () => {
    await lane.write('known_hosts', `# note\n${entry(ofAnother)}`);
    const error = await lane.refusal();
    expect(error).toMatchObject({ code: 'HOST_KEY_CHANGED', exitCode: 5, host: lane.sshd.address });
    expect(error.message).toContain(`${lane.knownHosts}:2`);
    expect(error.fix).toContain(`ssh-keygen -R '${lane.sshd.pattern}' -f ${lane.knownHosts}`);
    expect(error.details.retryable).not.toBe(true);
    expect(await lane.readKnownHosts()).toBe(`# note\n${entry(ofAnother)}`);
    expect(lane.sink.events).toMatchObject([
      { type: 'host-unreachable', error: { code: 'HOST_KEY_CHANGED' } },
    ]);
    expect(lane.sshd.forwarded).toEqual([]);
  });

  it('is refused with an explanation if only a host CA is known', async () => {
    await lane.write('known_hosts', `# note\n@cert-authority ${entry(ofAnother, '*')}`);
    const error = await lane.refusal();
    expect(error).toMatchObject({ code: 'HOST_KEY_CA_ONLY', exitCode: 5, host: lane.sshd.address });
    expect(error.message).toContain(`@cert-authority, ${lane.knownHosts}:2`);
    expect(error.message).toContain('cannot check host certificates');
    expect(error.fix).toContain(
      `ssh-keyscan -p ${lane.sshd.port} ${lane.sshd.address} >> ${lane.knownHosts}`,
    );
    await lane.write('known_hosts', `@cert-authority ${entry(ofAnother, '*')}${entry()}`);
    await lane.connect();
  });

  it('is refused if its key is revoked', async () => {
    await lane.write('known_hosts', `${entry()}@revoked ${entry(undefined, '*')}`);
    const error = await lane.refusal();
    expect(error.code).toBe('HOST_KEY_REVOKED');
    expect(error.message).toMatch(/revoked.*known_hosts:2/);
    expect(error.fix).not.toContain('ssh-keygen -R');
  });

  it('is another one at the standard port', async () => {
    await lane.write('known_hosts', entry(ofAnother, lane.sshd.address));
    await lane.connect();
    expect(await lane.readKnownHosts()).toBe(entry(ofAnother, lane.sshd.address) + entry());
  });
});

describe('a host with several keys', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs1',
    format: 'pem',
  });
  const ed25519 = makeKey().private;

  beforeEach(async () => {
    await lane[Symbol.asyncDispose]();
    lane = await Lane.open(await FakeSshd.start([rsa.toString(), ed25519]));
  });

  it('is asked for the key by which it is known', async () => {
    await lane.write('known_hosts', entry(publicPart(rsa.toString())));
    await lane.connect();
    expect(await lane.readKnownHosts()).toBe(entry(publicPart(rsa.toString())));
  });

  it('is not asked for a revoked key', async () => {
    const file = `@revoked ${entry(publicPart(ed25519))}${entry(publicPart(rsa.toString()))}`;
    await lane.write('known_hosts', file);
    await lane.connect();
    expect(await lane.readKnownHosts()).toBe(file);
  });
});
