import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  hostPattern,
  judgeKey,
  KnownHostLines,
  keyTypeOf,
  parseKnownHosts,
} from '../../src/host/ssh/known-hosts.js';

const key = (text: string): Buffer => {
  const type = Buffer.from('ssh-ed25519');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, type, Buffer.from(text)]);
};
const ours = key('ours');
const other = key('other');
const line = (hosts: string, of = ours): string => `${hosts} ssh-ed25519 ${of.toString('base64')}`;

function hashed(name: string): string {
  const salt = Buffer.from('a salt of twenty bts');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

/** The verdict of a file on the key `ours` of a host. */
function verdict(file: string, host = 'node-1', port = 22): unknown {
  return judgeKey(new KnownHostLines(parseKnownHosts(file, 'known_hosts')).of(hostPattern(host, port)), ours);
}

describe('a key in known_hosts', () => {
  const known = { kind: 'known' };
  const unknown = { kind: 'unknown' };

  it.each([
    ['by name', line('node-1'), known],
    ['by one of several names', line('node-9,node-1,10.0.0.1'), known],
    ['by another name only', line('node-2'), unknown],
    ['by a name that only begins the same', line('node-11'), unknown],
    ['by a name in another case', line('NODE-1'), known],
    ['by patterns', line('node-?,*.example'), known],
    ['by a pattern that excludes it', line('node-*,!node-1'), unknown],
    ['by a hash', line(hashed('node-1')), known],
    ['by the hash of another name', line(hashed('node-2')), unknown],
    ['after comments, blanks and nonsense', `# note\n\n???\n  ${line('node-1')}  a comment\r\n`, known],
    ['in a line with an unknown marker', `@other ${line('node-1')}`, unknown],
    ['beside the host CA of another host', `@cert-authority ${line('node-2')}`, unknown],
    ['nowhere', '', unknown],
  ])('is looked up %s', (_case, file, expected) => {
    expect(verdict(file)).toEqual(expected);
  });

  it.each([
    ['[node-1]:2222', 2222, known],
    ['[node-1]:2222', 22, unknown],
    ['node-1', 2222, unknown],
    [hashed('[node-1]:2222'), 2222, known],
  ])('is looked up under %s for port %i', (hosts, port, expected) => {
    expect(verdict(line(hosts), 'node-1', port)).toEqual(expected);
  });

  it('is found under an IPv6 address', () => {
    expect(verdict(line('fd00::1'), 'fd00::1')).toEqual(known);
    expect(verdict(line('[fd00::1]:2222'), 'fd00::1', 2222)).toEqual(known);
  });

  it('is found by a hash whatever the case of the name', () => {
    expect(verdict(line(hashed('node-1')), 'Node-1')).toEqual(known);
  });

  it('is reported with its line if it is a different one', () => {
    expect(verdict(`# first\n${line('node-2')}\n${line('node-1', other)}\n`)).toMatchObject({
      kind: 'changed',
      line: { file: 'known_hosts', line: 3 },
    });
  });

  it('is unknown if only a host CA is listed, and found if it is listed itself', () => {
    const authority = `@cert-authority ${line('*', other)}`;
    expect(verdict(authority)).toMatchObject({ kind: 'ca-only', line: { line: 1 } });
    expect(verdict(`${authority}\n${line('node-1')}`)).toEqual(known);
    expect(verdict(`${authority}\n${line('node-1', other)}`)).toMatchObject({ kind: 'changed' });
  });

  it('is found among several', () => {
    expect(verdict(`${line('node-1', other)}\n${line('node-1')}\n`)).toEqual(known);
  });

  it('is refused once revoked, also for all hosts, and even if another line trusts it', () => {
    expect(verdict(`${line('node-1')}\n@revoked ${line('node-1')}\n`)).toMatchObject({
      kind: 'revoked',
      line: { line: 2 },
    });
    expect(verdict(`@revoked ${line('*')}\n`)).toMatchObject({ kind: 'revoked', line: { line: 1 } });
    expect(verdict(`@revoked ${line('*', other)}\n`)).toEqual(unknown);
  });
});

it('the type of a key is its first string', () => {
  expect(keyTypeOf(ours)).toBe('ssh-ed25519');
});
