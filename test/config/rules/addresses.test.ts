import { describe, expect, it } from 'vitest';
import { base, errorsOf, found, foundWhileRunning } from './found.js';

const roles = 'user: ops, role: [worker]';
/** A file with a second node and the given lines. */
const withNode = (node: string, more = ''): string =>
  base.replace('kubernetes_version', `  - { ${node}, ${roles} }\nkubernetes_version`) + more;

describe('an invalid address', () => {
  it.each<[address: string, expected: string]>([
    ['10.10.0.12:2222', 'write address: 10.10.0.12, port: 2222'],
    ['ops@10.10.0.12', 'write address: 10.10.0.12, user: ops'],
    ['root@worker-2.example.org:22', 'write address: worker-2.example.org, port: 22, user: root'],
    ['ssh://admin@10.10.0.12:2200/', 'write address: 10.10.0.12, port: 2200, user: admin'],
    ['https://worker-2.example.org', 'write address: worker-2.example.org'],
    ['10.10.0.12/24', 'write address: 10.10.0.12'],
    ['[fd00:10::12]:22', 'write address: "fd00:10::12", port: 22'],
    ['[fd00:10::12]', 'write address: "fd00:10::12"'],
    ['10.10.0.12 ', 'write 10.10.0.12'],
    ['10.10.0.300', 'expected four numbers from 0 to 255'],
    ['10.10.12', 'expected four numbers from 0 to 255'],
    ['010.010.000.012', 'write 10.10.0.12'],
    ['::ffff:10.10.0.12', 'write 10.10.0.12'],
    ['fe80::12%eth1', 'use a global address'],
    ['fd00:10::12::1', 'expected an IPv6 address such as fd00::12'],
    ['worker 2', 'expected an IP address or a DNS name'],
    ['worker-.example.org', 'expected an IP address or a DNS name'],
    ['10.10.0.12,10.10.0.13', 'expected an IP address or a DNS name'],
  ])('is refused with advice: %s', (address, expected) => {
    for (const name of ['', 'hostname_override: w2, ']) {
      const text = withNode(`${name}address: ${JSON.stringify(address)}`);
      const [finding, ...others] = errorsOf(found(text)).filter((line) => !line.includes('family'));
      expect(finding).toMatch(/^error 3:\d+ nodes\[1\]\.address: /);
      expect(finding).toContain(expected);
      expect(others).toEqual([]);
    }
  });

  it('is never repeated with the password that it contains', () => {
    const [finding = ''] = errorsOf(found(withNode('address: "ops:tops3cret@10.10.0.12"')));
    expect(finding).toMatch(/write address: 10\.10\.0\.12, user: ops$/);
  });

  it.each(['10.10.0.13:6443', 'ops@10.10.0.13', 'https://10.10.0.13:6443'])(
    '%s as internal_address gets advice without port and user, which belong to SSH',
    (address) => {
      const text = withNode(`address: 10.10.0.12, internal_address: ${JSON.stringify(address)}`);
      expect(errorsOf(found(text))).toEqual([
        expect.stringMatching(/internal_address: .*; write internal_address: 10\.10\.0\.13$/),
      ]);
    },
  );

  it('is refused for the bastion as well', () => {
    expect(found(`${base}bastion_host: { address: "ops@10.10.0.9:2222", user: ops }\n`)).toEqual([
      'error 6:26 bastion_host.address: invalid address "ops@10.10.0.9:2222": it contains more than an address; write address: 10.10.0.9, port: 2222, user: ops',
    ]);
  });

  it.each(['10.10.0.12', 'worker-2', 'Worker-2.Example.org', 'w2.example.org'])(
    'is not reported for %s',
    (address) => {
      expect(found(withNode(`address: ${address}`))).toEqual([]);
    },
  );

  it.each(['worker_2', 'w2.example.org.'])(
    'is not reported for %s if the node has a hostname_override',
    (address) => {
      expect(found(withNode(`address: ${address}, hostname_override: w2`))).toEqual([]);
    },
  );
});

describe('an internal address', () => {
  it.each<[internal: string, expected: string]>([
    ['worker2.internal', 'expected an IP address, got the DNS name'],
    ['worker2', 'expected an IP address, got the DNS name'],
    ['10.20.0.12:2379', 'write internal_address: 10.20.0.12'],
    ['10.20.0.12/24', 'write internal_address: 10.20.0.12'],
    ['127.0.0.1', 'is a loopback address'],
    ['0.0.0.0', 'is the unspecified address'],
    ['169.254.1.2', 'is a link-local address'],
    ['224.0.0.5', 'is a multicast address'],
  ])('cannot be %s', (internal, expected) => {
    const text = withNode(`address: 10.10.0.12, internal_address: ${JSON.stringify(internal)}`);
    expect(found(text)).toEqual([expect.stringMatching(/^error 3:\d+ nodes\[1\]\.internal_address: /)]);
    expect(found(text)[0]).toContain(expected);
    expect(errorsOf(foundWhileRunning(text))).toEqual([]);
  });

  it('is required beside a DNS name if a cloud provider makes kube-proxy listen on it', () => {
    const cloud = 'cloud_provider: { name: external-aws, useInstanceMetadataHostname: true }\n';
    expect(found(withNode('address: worker-2', cloud))).toEqual([
      expect.stringMatching(/^error 3:\d+ nodes\[1\]\.address: "worker-2" is a DNS name.*internal_address/),
    ]);
    expect(found(withNode('address: worker-2, internal_address: 10.20.0.12', cloud))).toEqual([]);
  });

  it.each(['127.0.0.1', 'localhost', 'node.localhost'])(
    'is required beside %s, which only the host itself can reach',
    (address) => {
      expect(found(withNode(`address: ${address}`))).toEqual([
        expect.stringMatching(
          /^error 3:\d+ nodes\[1\]\.address: "\S+" is a (name of the )?loopback address.*; set internal_address/,
        ),
      ]);
      expect(found(withNode(`address: ${address}, internal_address: 10.20.0.12`))).toEqual([]);
    },
  );
});

describe('the name of a node', () => {
  const long = `${'a'.repeat(40)}.${'b'.repeat(23)}`;

  it('has at most 63 characters, because it is the value of a label', () => {
    expect(found(withNode(`address: 10.10.0.12, hostname_override: ${long}`))).toEqual([
      expect.stringMatching(
        /^error 3:\d+ nodes\[1\]\.hostname_override: the node name "a+\.b+" has 64 characters/,
      ),
    ]);
    expect(found(withNode(`address: ${long}`))).toEqual([
      expect.stringMatching(/^error 3:\d+ nodes\[1\]\.address: .*name the node with hostname_override/),
    ]);
    expect(found(withNode(`address: 10.10.0.12, hostname_override: ${long.slice(1)}`))).toEqual([]);
  });

  it('may be longer if the cloud provider names the node', () => {
    const cloud = 'cloud_provider: { name: external-aws, useInstanceMetadataHostname: true }\n';
    expect(found(withNode(`address: ${long}, internal_address: 10.20.0.12`, cloud))).toEqual([]);
  });
});

describe('two spellings of one host', () => {
  it('are reported for a name even if one node has no address', () => {
    const text = withNode(`address: w2, hostname_override: w2, ${roles} }\n  - { hostname_override: W2`);
    expect(errorsOf(found(text)).map((line) => line.replace(/^error \S+ /, ''))).toContain(
      'nodes[2]: address is required',
    );
  });

  it.each([
    ['address: w2.example.org', 'address: W2.Example.ORG'],
    ['address: w2.example.org, hostname_override: a', 'address: w2.example.org., hostname_override: b'],
    ['address: "fd00::1", hostname_override: a', 'address: "FD00:0::0:1", hostname_override: b'],
  ])('%s and %s are reported as duplicates', (one, two) => {
    const text = withNode(`${one}, ${roles} }\n  - { ${two}`);
    expect(
      errorsOf(found(text)).filter((line) => /nodes\[2\]\.address: .* is also the address of/.test(line)),
    ).toHaveLength(1);
  });
});
