import { describe, expect, it } from 'vitest';
import { readGivenLogins, resolveLogins } from '../../src/run/ssh-logins.js';

const node = (address: string, port = '22', sshKeyPath = '~/.ssh/id_rsa'): object => ({
  address,
  port,
  sshKeyPath,
  user: 'ops',
});

/** What of ports and keys is left, of nodes resolved with RKE's defaults. */
function logins(text: string, nodes: readonly object[], bastionHost?: object): unknown {
  const spec = { nodes, bastionHost } as unknown as Parameters<typeof resolveLogins>[0];
  const found = resolveLogins(spec, readGivenLogins(text));
  return bastionHost === undefined ? found.nodes : found.bastion;
}

describe('the SSH login of a host', () => {
  it('omits values that are defaults', () => {
    expect(logins('nodes: [{address: a, user: ops}]', [node('a')])).toEqual([{ address: 'a', user: 'ops' }]);
  });

  it('keeps what the file sets, even if it is the default', () => {
    const text = 'nodes: [{address: a, port: 22, ssh_key_path: ~/.ssh/id_rsa}, {address: b, port: ""}]';
    expect(logins(text, [node('a'), node('b')])).toEqual([node('a'), { address: 'b', user: 'ops' }]);
  });

  it('keeps the cluster-wide key', () => {
    const text = 'ssh_key_path: ~/.ssh/id_rsa\nnodes: [{address: a}]';
    expect(logins(text, [node('a')])).toEqual([{ address: 'a', user: 'ops', sshKeyPath: '~/.ssh/id_rsa' }]);
  });

  it('keeps values that differ from the default for a node that is only in the state', () => {
    expect(logins('nodes: []', [node('a'), node('b', '2222', '/key')])).toEqual([
      { address: 'a', user: 'ops' },
      node('b', '2222', '/key'),
    ]);
  });

  it('follows the same rules for the bastion host', () => {
    expect(logins('bastion_host: {address: gate}', [], node('gate'))).toEqual({
      address: 'gate',
      user: 'ops',
    });
    expect(logins('bastion_host: {address: gate, port: 22}', [], node('gate'))).toMatchObject({ port: '22' });
  });
});
