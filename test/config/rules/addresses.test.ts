import { describe, expect, it } from 'vitest';
import { base, errorsOf, found, foundWhileRunning } from './found.js';

const roles = 'user: ops, role: [worker]';
/** A second node, and what else the file has. */
const withNode = (node: string, more = ''): string =>
  base.replace('kubernetes_version', `  - { ${node}, ${roles} }\nkubernetes_version`) + more;

describe('an address that is more or less than one', () => {
  it.each<[address: string, told: string]>([
    ['10.10.0.12:2222', 'write address: 10.10.0.12, port: 2222'],
    ['ops@10.10.0.12', 'write address: 10.10.0.12, user: ops'],
    ['root@worker-2.example.org:22', 'write address: worker-2.example.org, port: 22, user: root'],
    ['ssh://admin@10.10.0.12:2200/', 'write address: 10.10.0.12, port: 2200, user: admin'],
    ['https://worker-2.example.org', 'write address: worker-2.example.org'],
    ['10.10.0.12/24', 'write address: 10.10.0.12'],
    ['[fd00:10::12]:22', 'write address: "fd00:10::12", port: 22'],
    ['[fd00:10::12]', 'write address: "fd00:10::12"'],
    ['10.10.0.12 ', 'write 10.10.0.12'],
    ['10.10.0.300', 'it is not an IPv4 address'],
    ['10.10.12', 'it is not an IPv4 address'],
    ['010.010.000.012', 'write 10.10.0.12'],
    ['::ffff:10.10.0.12', 'write 10.10.0.12'],
    ['fe80::12%eth1', 'write a global address'],
    ['fd00:10::12::1', 'it is not an IPv6 address'],
    ['worker 2', 'it is neither an IP address nor a DNS name'],
    ['worker-.example.org', 'it is neither an IP address nor a DNS name'],
    ['10.10.0.12,10.10.0.13', 'it is neither an IP address nor a DNS name'],
  ])('%s as address', (address, told) => {
    for (const name of ['', 'hostname_override: w2, ']) {
      const text = withNode(`${name}address: ${JSON.stringify(address)}`);
      const [finding, ...others] = errorsOf(found(text)).filter((line) => !line.includes('family'));
      expect(finding).toMatch(/^error 3:\d+ nodes\[1\]\.address: /);
      expect(finding).toContain(told);
      expect(others).toEqual([]);
    }
  });

  it('is advised about without the password that it has', () => {
    const [finding = ''] = errorsOf(found(withNode('address: "ops:tops3cret@10.10.0.12"')));
    expect(finding).toMatch(/write address: 10\.10\.0\.12, user: ops$/);
  });

  it.each(['10.10.0.13:6443', 'ops@10.10.0.13', 'https://10.10.0.13:6443'])(
    '%s as internal_address is advised about without port and user, which are those of SSH',
    (address) => {
      const text = withNode(`address: 10.10.0.12, internal_address: ${JSON.stringify(address)}`);
      expect(errorsOf(found(text))).toEqual([
        expect.stringMatching(/internal_address: .*; write internal_address: 10\.10\.0\.13$/),
      ]);
    },
  );

  it('is looked at on the bastion, too', () => {
    expect(found(`${base}bastion_host: { address: "ops@10.10.0.9:2222", user: ops }\n`)).toEqual([
      'error 6:26 bastion_host.address: "ops@10.10.0.9:2222": it is not an address alone; write address: 10.10.0.9, port: 2222, user: ops',
    ]);
  });

  it.each(['10.10.0.12', 'worker-2', 'Worker-2.Example.org', 'w2.example.org'])('%s is one', (address) => {
    expect(found(withNode(`address: ${address}`))).toEqual([]);
  });

  it.each(['worker_2', 'w2.example.org.'])('%s is one for a node that is named', (address) => {
    expect(found(withNode(`address: ${address}, hostname_override: w2`))).toEqual([]);
  });
});

describe('an internal address', () => {
  it.each<[internal: string, told: string]>([
    ['worker2.internal', 'is a DNS name; expected an IP address'],
    ['worker2', 'is a DNS name'],
    ['10.20.0.12:2379', 'write internal_address: 10.20.0.12'],
    ['10.20.0.12/24', 'write internal_address: 10.20.0.12'],
    ['127.0.0.1', 'is a loopback address'],
    ['0.0.0.0', 'is the address of no host'],
    ['169.254.1.2', 'is a link-local address'],
    ['224.0.0.5', 'is a multicast address'],
  ])('cannot be %s', (internal, told) => {
    const text = withNode(`address: 10.10.0.12, internal_address: ${JSON.stringify(internal)}`);
    expect(found(text)).toEqual([expect.stringMatching(/^error 3:\d+ nodes\[1\]\.internal_address: /)]);
    expect(found(text)[0]).toContain(told);
    expect(errorsOf(foundWhileRunning(text))).toEqual([]);
  });

  it('is needed beside a DNS name if a cloud provider makes kube-proxy listen on it', () => {
    const cloud = 'cloud_provider: { name: external-aws, useInstanceMetadataHostname: true }\n';
    expect(found(withNode('address: worker-2', cloud))).toEqual([
      expect.stringMatching(/^error 3:\d+ nodes\[1\]\.address: "worker-2" is a DNS name.*internal_address/),
    ]);
    expect(found(withNode('address: worker-2, internal_address: 10.20.0.12', cloud))).toEqual([]);
  });

  it('is needed beside an address that only the host itself has', () => {
    expect(found(withNode('address: 127.0.0.1'))).toEqual([
      expect.stringMatching(
        /^error 3:\d+ nodes\[1\]\.address: "127\.0\.0\.1" is a loopback.*as internal_address/,
      ),
    ]);
    expect(found(withNode('address: 127.0.0.1, internal_address: 10.20.0.12'))).toEqual([]);
  });
});

describe('the name of a node', () => {
  const long = `${'a'.repeat(40)}.${'b'.repeat(23)}`;

  it('has 63 characters at most, because it is the value of a label', () => {
    expect(found(withNode(`address: 10.10.0.12, hostname_override: ${long}`))).toEqual([
      expect.stringMatching(/^error 3:\d+ nodes\[1\]\.hostname_override: "a+\.b+" has 64 characters/),
    ]);
    expect(found(withNode(`address: ${long}`))).toEqual([
      expect.stringMatching(/^error 3:\d+ nodes\[1\]\.address: .*name the node with hostname_override/),
    ]);
    expect(found(withNode(`address: 10.10.0.12, hostname_override: ${long.slice(1)}`))).toEqual([]);
  });

  it('may be longer where the cloud names the node', () => {
    const cloud = 'cloud_provider: { name: external-aws, useInstanceMetadataHostname: true }\n';
    expect(found(withNode(`address: ${long}, internal_address: 10.20.0.12`, cloud))).toEqual([]);
  });
});

describe('two spellings of one host', () => {
  it.each([
    ['address: w2.example.org', 'address: W2.Example.ORG'],
    ['address: w2.example.org, hostname_override: a', 'address: w2.example.org., hostname_override: b'],
    ['address: "fd00::1", hostname_override: a', 'address: "FD00:0::0:1", hostname_override: b'],
  ])('%s and %s are told', (one, two) => {
    const text = withNode(`${one}, ${roles} }\n  - { ${two}`);
    expect(
      errorsOf(found(text)).filter((line) => /nodes\[2\]\.address: .* is also the address of/.test(line)),
    ).toHaveLength(1);
  });
});
