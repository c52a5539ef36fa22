import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { utils } from '../../src/host/ssh/ssh2.js';
import { judge, mistakes, node, version } from './judge.js';

const pair = (): { private: string; public: string } =>
  utils.generateKeyPairSync('ed25519', { comment: 'ops@example' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const openSsh = pair();
const pkcs1 = rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const locked = rsa.privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString();
const spki = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();

const inline = (key: string): string => `nodes:\n  - ${node(`ssh_key: ${JSON.stringify(key)}`)}\n${version}`;

describe('a private key in cluster.yml', () => {
  it.each([
    ['OpenSSH', openSsh.private],
    ['PKCS#1', pkcs1],
    ['with a passphrase, which is asked for', locked],
    ['with Windows line ends', pkcs1.replaceAll('\n', '\r\n')],
  ])('is accepted: %s', (_, key) => {
    expect(mistakes(inline(key))).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    [
      'line breaks that became spaces',
      pkcs1.trim().replaceAll('\n', ' '),
      /got PEM with spaces instead of line breaks; write it as a block \(ssh_key: \|\)/,
    ],
    ['the same of OpenSSH', openSsh.private.trim().replaceAll('\n', ' '), /spaces instead of line breaks/],
    [
      'line breaks as two characters',
      openSsh.private.replaceAll('\n', '\\n'),
      /the two characters \\n instead of line breaks/,
    ],
    ['the public key', openSsh.public, /got an SSH public key/],
    ['a public key in PEM', spki, /got a public key/],
    ['a path', '~/.ssh/id_rsa', /got a path \(~\/\.ssh\/id_rsa\); write ssh_key_path: ~\/\.ssh\/id_rsa/],
    ['an absolute path', '/home/ops/.ssh/key', /write ssh_key_path: \/home\/ops\/\.ssh\/key/],
    ['the path of the public key', './id_ecdsa.pub', /got a path/],
    ['base64 of the file', Buffer.from(pkcs1).toString('base64'), /got PEM encoded in base64/],
    ['a variable', '$SSH_KEY', /got a variable/],
    ['a word', 'secret', /got text without a line -----BEGIN/],
    ['truncated PEM', pkcs1.slice(0, 300), /got truncated PEM/],
    ['damaged lines', `${pkcs1.slice(0, 80)}${pkcs1.slice(200)}`, /got a private key that cannot be parsed/],
  ])('is refused: %s', (_, key, told) => {
    const lines = mistakes(inline(key));
    expect(lines).toEqual([expect.stringMatching(told)]);
    expect(lines[0]).toMatch(/^error 2 nodes\[0\]\.ssh_key: expected a private key/);
    for (const line of pkcs1.split('\n').slice(1, -2)) expect(lines[0]).not.toContain(line);
  });

  it('is checked for the bastion as well, and is a warning if the agent is used', () => {
    const bastion = `nodes: [${node()}]\nbastion_host: { address: 10.9.0.1, user: ops, ssh_key: ~/.ssh/b }\n${version}`;
    expect(mistakes(bastion)).toEqual([
      expect.stringMatching(/^error 2 bastion_host\.ssh_key: .*got a path/),
    ]);
    const agent = `ssh_agent_auth: true\n${inline('word')}`;
    expect(judge(agent)).toEqual([expect.stringMatching(/^warning 3 nodes\[0\]\.ssh_key/)]);
    expect(mistakes(inline('word'), { sshAgentAuth: true })).toEqual([]);
  });
});

describe('a private key in a file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rke-keys-'));
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });
  const put = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  const byPath = (path: string): string => `nodes:\n  - ${node(`ssh_key_path: ${path}`)}\n${version}`;

  it('is checked if it exists', () => {
    expect(judge(byPath(put('good', openSsh.private)))).toEqual([]);
    expect(judge(byPath(put('crlf', pkcs1.replaceAll('\n', '\r\n'))))).toEqual([]);
    expect(judge(byPath(put('bad', 'word')))).toEqual([
      expect.stringMatching(
        /^error 2 nodes\[0\]\.ssh_key_path: expected a private key in .*bad, got text without/,
      ),
    ]);
    expect(judge(byPath(put('private.pub', pkcs1)))).toEqual([]);
    expect(judge(byPath(put('id.pub', openSsh.public)))).toEqual([
      expect.stringMatching(/got the path of a public key; write .*\/id$/),
    ]);
    expect(mistakes(byPath('/nowhere/id_rsa'))).toEqual([]);
    expect(mistakes(byPath('/nowhere/id_rsa.pub'))).toEqual([
      expect.stringMatching(/write \/nowhere\/id_rsa$/),
    ]);
    expect(mistakes(`ssh_agent_auth: true\n${byPath(put('bad', 'word'))}`)).toEqual([]);
  });

  it('is reported once, however many hosts use it', () => {
    const path = put('same', 'word');
    const two = `ssh_key_path: ${path}\nnodes:\n  - ${node()}\n  - { address: 10.10.0.12, user: ops, role: [worker] }\n${version}`;
    expect(mistakes(two)).toHaveLength(1);
  });
});

it('reports a key in place of its path without repeating it', () => {
  const text = `nodes: [${node(`ssh_key_path: ${JSON.stringify(openSsh.private)}`)}]\n${version}`;
  const found = judge(text, { exists: () => false, readText: () => undefined });
  expect(found).toEqual([
    expect.stringMatching(
      /^error 1 nodes\[0\]\.ssh_key_path: expected the path of a private key, got the key itself/,
    ),
  ]);
});
