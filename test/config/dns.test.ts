import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { loadCluster } from '../../src/config/validate.js';
import { judge, mistakes, oneNode, version } from './judge.js';

const dns = (block: string): string => `${oneNode}dns: { ${block} }\n`;
const upstream = (...servers: string[]): string => dns(`upstreamnameservers: ${JSON.stringify(servers)}`);
const stub = (domain: string, ...servers: string[]): string =>
  dns(`stubdomains: { ${JSON.stringify(domain)}: ${JSON.stringify(servers)} }`);

describe('DNS servers that the cluster DNS uses', () => {
  it.each([
    '9.9.9.9',
    '10.0.0.53:5353',
    '2620:fe::fe',
    '[2620:fe::fe]:53',
    'tls://1.1.1.1',
    'tls://1.0.0.1:853',
    'dns://10.0.0.1',
    '/etc/resolv.conf',
  ])('are accepted: %s', (server) => {
    expect(judge(upstream(server))).toEqual([]);
    expect(mistakes(stub('corp.example.com', server))).toEqual([]);
  });

  it.each([
    '1.1.1.300',
    '10.0.0',
    'dns.example.org',
    'localhost',
    '10.0.0.1:0',
    '10.0.0.1:99999',
    '10.0.0.1:dns',
    '10.0.0.1/24',
    'https://1.1.1.1',
    'tls://dns.quad9.net',
    'resolv.conf',
    '',
    ' 9.9.9.9',
    'a\n}',
    '9.9.9.9 { policy sequential }',
    '/etc/re solv',
    '[10.0.0.1',
    '10.0.0.1, 10.0.0.2',
  ])('are refused: %j', (server) => {
    expect(mistakes(upstream('9.9.9.9', server))).toEqual([
      expect.stringMatching(/^error 3 dns\.upstreamnameservers\[1\]: expected an IP address/),
    ]);
    expect(mistakes(stub('corp.example.com', server))).toEqual([
      expect.stringMatching(/^error 3 dns\.stubdomains\.corp\.example\.com\[0\]: expected an IP address/),
    ]);
  });

  it('are refused with advice for several servers in one item, and for names', () => {
    expect(mistakes(upstream('9.9.9.9 8.8.8.8'))[0]).toMatch(/write one server per list item$/);
    expect(mistakes(upstream('one.one'))[0]).toMatch(/names are not resolved here, use the IP address$/);
  });

  it('are refused if there are more than 15', () => {
    const servers = Array.from({ length: 16 }, (_, index) => `10.0.1.${index + 1}`);
    expect(mistakes(upstream(...servers.slice(1)))).toEqual([]);
    expect(mistakes(upstream(...servers))).toEqual([
      expect.stringMatching(/^error 3 dns\.upstreamnameservers: expected at most 15 DNS servers, got 16/),
    ]);
    expect(mistakes(stub('a.example', ...servers))).toEqual([
      expect.stringMatching(/dns\.stubdomains\.a\.example: expected at most 15 DNS servers/),
    ]);
  });

  it.each(['10.43.0.10', '10.43.0.10:53', 'tls://10.43.0.10', '127.0.0.1', '127.0.0.53', '::1', '0.0.0.0'])(
    'are refused if they are CoreDNS itself: %s',
    (server) => {
      expect(mistakes(upstream(server))).toEqual([expect.stringMatching(/would query itself endlessly/)]);
    },
  );

  it('are not checked if no DNS is deployed', () => {
    expect(mistakes(dns('provider: none, upstreamnameservers: [x]'))).toEqual([]);
  });

  it('are warned about if the file exists only on the host', () => {
    expect(judge(upstream('/etc/own.conf'))).toEqual([
      expect.stringMatching(/^warning 3 dns\.upstreamnameservers\[0\]: CoreDNS reads/),
    ]);
  });
});

describe('domains and addresses of the cluster DNS', () => {
  it.each(['consul.local', 'corp', '10.in-addr.arpa', '_tcp.example.com', 'example.com.'])(
    'are accepted with the stub domain %s',
    (name) => {
      expect(mistakes(stub(name, '10.0.0.1'))).toEqual([]);
    },
  );

  it.each(['a b', 'x {', '.', '', 'a..b', 'https://x', 'corp.example.com:53'])(
    'are refused with the stub domain %j',
    (name) => {
      expect(mistakes(stub(name, '10.0.0.1'))).toEqual([expect.stringMatching(/expected a domain such as/)]);
    },
  );

  it.each(['cluster.local', 'Cluster.local.', 'svc.cluster.local'])(
    'are refused with a stub domain that hides Services: %s',
    (name) => {
      expect(mistakes(stub(name, '10.0.0.1'))).toEqual([
        expect.stringMatching(/is the domain of the cluster/),
      ]);
    },
  );

  it('are refused if a domain has two server blocks', () => {
    expect(mistakes(dns('stubdomains: { a.example: [10.0.0.1], A.example.: [10.0.0.2] }'))).toEqual([
      expect.stringMatching(/"A\.example\." is the same domain as "a\.example"/),
    ]);
  });

  it('accept ranges and domains as reverse zones', () => {
    expect(mistakes(dns('reversecidrs: [172.16.0.0/16, 168.192.in-addr.arpa, "fd00::/8"]'))).toEqual([]);
    expect(mistakes(dns('reversecidrs: ["172.16.0.0/40", "a b"]'))).toHaveLength(2);
  });

  it('are warned about if CoreDNS does not use them', () => {
    expect(judge(dns('stubdomains: { a.example: [10.0.0.1] }, reversecidrs: [10.0.0.0/8]'))).toEqual([
      expect.stringMatching(/^warning 3 dns\.stubdomains: has no effect with CoreDNS/),
      expect.stringMatching(/^warning 3 dns\.reversecidrs: with CoreDNS, switches off reverse lookups/),
    ]);
  });

  it.each(['core-dns', 'CoreDNS', 'bind'])('are refused with the unknown provider %s', (provider) => {
    expect(mistakes(dns(`provider: ${provider}`))).toEqual([
      expect.stringMatching(/^error 3 dns\.provider: invalid DNS provider/),
    ]);
  });

  const kubelet = (block: string): string => `${oneNode}services: { kubelet: { ${block} } }\n`;
  it.each(['cluster local', 'a/b', '"{"', '10.0.0.1', '-x', '"x\\n}"'])(
    'are refused with the cluster domain %s',
    (name) => {
      expect(mistakes(kubelet(`cluster_domain: ${name}`))).toEqual([
        expect.stringMatching(/^error 3 services\.kubelet\.cluster_domain: expected a domain/),
      ]);
    },
  );
  it.each(['cluster.local', 'k8s.Example.com', 'cluster.local.', 'corp'])(
    'are accepted with the cluster domain %s',
    (name) => {
      expect(mistakes(kubelet(`cluster_domain: ${name}`))).toEqual([]);
    },
  );

  it('require a free address in the Service range', () => {
    expect(mistakes(kubelet('cluster_dns_server: 10.43.255.1'))).toEqual([]);
    expect(mistakes(kubelet('cluster_dns_server: 10.43.0.1'))).toEqual([
      expect.stringMatching(/10\.43\.0\.1, the address of the Service "kubernetes"/),
    ]);
    expect(judge(kubelet('cluster_dns_server: 10.96.0.10'))).toEqual([
      expect.stringMatching(
        /^error 3 services\.kubelet\.cluster_dns_server: expected a free address in the Service range \(10\.43\.0\.0\/16\)/,
      ),
    ]);
    const moved =
      'services: { kube-api: { service_cluster_ip_range: 10.96.0.0/16 }, kube-controller: { service_cluster_ip_range: 10.96.0.0/16 } }';
    expect(mistakes(`${oneNode}${moved}\n`)).toEqual([
      expect.stringMatching(
        /^error 0 .*: not set, and the default of RKE v1 \(10\.43\.0\.10\) is outside the Service range \(10\.96\.0\.0\/16\)/,
      ),
    ]);
    expect(judge(`${kubelet('cluster_dns_server: 10.96.0.10')}dns: { provider: none }\n`)).toEqual([
      expect.stringMatching(/^warning 3 .* is outside the Service range/),
    ]);
  });

  it('require an unused address for the DNS cache', () => {
    const cache = (address: string): string => dns(`nodelocal: { ip_address: ${JSON.stringify(address)} }`);
    expect(judge(cache('169.254.25.10'))).toEqual([]);
    expect(judge(cache(''))).toEqual([]);
    expect(mistakes(cache('169.254'))).toEqual([
      expect.stringMatching(/^error 3 dns\.nodelocal\.ip_address: expected an IP address/),
    ]);
    expect(mistakes(cache('10.10.0.11'))).toEqual([expect.stringMatching(/address of a node/)]);
    expect(
      mistakes(dns('nodelocal: { ip_address: 169.254.25.10 }, upstreamnameservers: [169.254.25.10]')),
    ).toEqual([expect.stringMatching(/would query itself/)]);
  });

  it('require a DNS cache wherever the kubelets give its address to pods', () => {
    const cache = 'nodelocal: { ip_address: 169.254.20.10';
    const old = dns(`${cache} }`).replace(/v1\.30\.4-rancher1-1/, 'v1.17.0-rancher1-1');
    expect(mistakes(old)).toContainEqual(
      expect.stringMatching(
        /^error 3 dns\.nodelocal\.ip_address: RKE v1 has no NodeLocal DNSCache for v1\.17\.0/,
      ),
    );
    expect(judge(dns(`provider: none, ${cache} }`))).toEqual([
      expect.stringMatching(
        /^warning 3 dns\.nodelocal\.ip_address: pods get 169\.254\.20\.10 .* no cache is deployed/,
      ),
    ]);
    expect(judge(dns(`${cache}, node_selector: { cache: "yes" } }`))).toEqual([
      expect.stringMatching(
        /^warning 3 dns\.nodelocal\.node_selector: pods on nodes without cache=yes have no DNS/,
      ),
    ]);
  });
});

it('warns about values that the cluster already runs with, whichever node they belong to', async () => {
  const catalog = await loadCatalog();
  const bad = 'dns: { upstreamnameservers: [dns.example.org] }\nauthentication: { sans: ["https://x"] }\n';
  const labels = 'labels: { a: "b c" }';
  const host = (address: string, role: string): string =>
    `  - { address: ${address}, user: ops, role: [${role}], ${labels} }\n`;
  const first = host('10.10.0.11', 'controlplane, etcd, worker');
  const file = (...hosts: string[]): string => `nodes:\n${hosts.join('')}${version}`;
  const loaded = loadCluster(file(first) + bad, { catalog });
  const running = loaded.ok ? loaded.value : undefined;
  expect(running).toBeDefined();
  expect(mistakes(file(host('10.10.0.10', 'worker'), first) + bad, { running })).toEqual([]);
  expect(mistakes(file(first) + bad.replace('dns.example', 'other.example'), { running })).toHaveLength(1);
  // A state of an older release has no such parts.
  const old = { ...running, dns: undefined, monitoring: undefined } as unknown as ClusterSpec;
  expect(mistakes(file(first) + bad, { running: old })).toHaveLength(1);
});
