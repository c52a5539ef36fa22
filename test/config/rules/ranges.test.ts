import { describe, expect, it } from 'vitest';
import { errorsOf, found, foundWhileRunning } from './found.js';

interface Ranges {
  readonly address?: string;
  readonly plugin?: string;
  readonly api?: string;
  readonly controller?: string;
  readonly pods?: string;
  readonly more?: string;
}

/** Nodes, and ranges of Services and pods, always in the same lines. */
function file({
  address = '10.10.0.11',
  plugin = 'none',
  api,
  controller = api,
  pods,
  more = '',
}: Ranges): string {
  const value = (key: string, text: string | undefined): string =>
    text === undefined ? '' : `${key}: ${JSON.stringify(text)}`;
  return [
    'nodes:',
    `  - { address: ${JSON.stringify(address)}, hostname_override: n1, user: ops, role: [controlplane, etcd, worker] }`,
    'kubernetes_version: v1.30.4-rancher1-1',
    `network: { plugin: ${plugin} }`,
    'ingress: { provider: none }',
    'services:',
    `  kube-api: { ${value('service_cluster_ip_range', api)} ${more} }`,
    `  kube-controller: { ${[value('service_cluster_ip_range', controller), value('cluster_cidr', pods)].filter(Boolean).join(', ')} }`,
    '',
  ].join('\n');
}

/** Without the findings on the address of DNS, which has other rules. */
const isOfRanges = (line: string): boolean => !line.includes(' services.kubelet.cluster_dns_server: ');

const errors = (ranges: Ranges): string[] => errorsOf(found(file(ranges))).filter(isOfRanges);

describe('a Service range', () => {
  it.each<[api: string, told: RegExp]>([
    ['10.0.0.0/8', /10\.0\.0\.0\/8 is larger than \/12/],
    ['10.0.0.0/11', /larger than \/12/],
    ['10.43.0.0/30', /fewer than 8 addresses/],
    ['10.43.0.0/16,fd98::/64', /fd98::\/64 is larger than \/108/],
    ['10.43.0.0/16,fd98::/107', /larger than \/108/],
    ['10.43.0.0/16,fd98::/126', /fewer than 8/],
  ])('is refused if kube-apiserver does not start with its size: %s', (api, told) => {
    const ranges = { api, pods: '10.42.0.0/16,fd99::/56', plugin: 'calico' };
    const [finding, ...others] = errors(ranges).filter(
      (line) => !line.includes('not-supported') && !/network\.plugin/.test(line),
    );
    expect(finding).toMatch(/^error 7:\d+ services\.kube-api\.service_cluster_ip_range: /);
    expect(finding).toMatch(told);
    expect(others).toEqual([]);
    expect(errorsOf(foundWhileRunning(file(ranges)))).toEqual([]);
  });

  it.each(['10.32.0.0/12', '10.43.0.0/16', '10.43.0.0/29'])('is accepted: %s', (api) => {
    expect(errors({ api })).toEqual([]);
  });

  it('is checked under extra_args, which override the key', () => {
    const more = ', extra_args: { service-cluster-ip-range: 10.0.0.0/9 }';
    expect(errors({ api: '10.43.0.0/16', more })).toEqual([
      expect.stringMatching(/^error 7:\d+ services\.kube-api\.extra_args\.service-cluster-ip-range: /),
    ]);
  });

  it.each(['10.43.0.0/16,10.44.0.0/16', 'fd98::/112,fd97::/112', '10.43.0.0/16,10.44.0.0/16,fd98::/112'])(
    'is refused with two ranges of one family: %s',
    (controller) => {
      expect(errors({ api: '10.43.0.0/16', controller })).toEqual([
        expect.stringMatching(
          /^error 8:\d+ services\.kube-controller\.service_cluster_ip_range: .*got two of one family/,
        ),
      ]);
    },
  );

  it.each([
    '10.43/16',
    '10.043.0.0/16',
    '10.43.0.0/016',
    '10.43.0.0',
    '10.43.0.0/33',
    ' 10.43.0.0/16',
    'x/16',
  ])('is refused as invalid: "%s"', (api) => {
    expect(errors({ api })).toContainEqual(expect.stringMatching(/^error 7:\d+ .*expected a CIDR range/));
  });
});

describe('a pod range', () => {
  it('is refused if an IPv6 range has more parts than kube-controller-manager allows', () => {
    const api = '10.43.0.0/16';
    expect(errors({ api, pods: '10.42.0.0/16,fd99::/47', plugin: 'aci' })).toContainEqual(
      expect.stringMatching(/^error 8:\d+ services\.kube-controller\.cluster_cidr: fd99::\/47 is too large/),
    );
    expect(
      errors({ api, pods: '10.42.0.0/16,fd99::/48', plugin: 'aci' }).filter((line) => line.includes('cidr')),
    ).toEqual([]);
  });
});

describe('the node port range', () => {
  it.each<[range: string, told: RegExp]>([
    ['32767-30000', /"32767-30000" ends before it starts; write 30000-32767/],
    ['30001-30000', /ends before it starts/],
    ['0-32767', /expected ports from 1 to 65535/],
    ['60000-65536', /expected ports from 1 to 65535/],
    ['65000+1000', /expected ports from 1 to 65535/],
  ])('is refused: %s', (range, told) => {
    const more = `service_node_port_range: ${range}`;
    expect(errors({ more })).toEqual([
      expect.stringMatching(/^error 7:\d+ services\.kube-api\.service_node_port_range: /),
    ]);
    expect(errors({ more })[0]).toMatch(told);
  });

  it.each(['30000-32767', '30000-30000', '30000', '30000+500', '1-65535'])('is accepted: %s', (range) => {
    expect(errors({ more: `service_node_port_range: ${range}` })).toEqual([]);
  });
});

describe('IP families', () => {
  const v6 = { address: 'fd00:10::11', api: 'fd98::/108', pods: 'fd99::/56' };

  it('match in an IPv6 cluster', () => {
    expect(errors(v6)).toEqual([]);
  });

  it.each<[what: string, ranges: Ranges, told: RegExp]>([
    [
      'an IPv6 node and default ranges',
      { address: 'fd00:10::11' },
      /2:\d+ nodes\[0\]\.address: .*default of RKE v1/,
    ],
    [
      'an IPv6 node and IPv4 first',
      { ...v6, api: '10.43.0.0/16,fd98::/108', pods: '10.42.0.0/16,fd99::/56', plugin: 'aci' },
      /write the IPv6 range first/,
    ],
    ['an IPv4 node and IPv6 Services', { ...v6, address: '10.10.0.11' }, /set an IPv4 range/],
    [
      'IPv6 Services and IPv4 pods',
      { ...v6, pods: '10.42.0.0/16' },
      /8:\d+ .*cluster_cidr: the Service range fd98::\/108 is IPv6, but the pod range is only 10\.42/,
    ],
    [
      'IPv6 Services and default pods',
      { address: 'fd00::1', api: 'fd98::/108' },
      /\(default of RKE v1\); add an IPv6 range/,
    ],
    [
      'flannel on an IPv6 node',
      { ...v6, plugin: 'flannel' },
      /4:\d+ network\.plugin: flannel supports IPv4 only/,
    ],
    [
      'canal with IPv6 pods',
      { ...v6, plugin: 'canal' },
      /network\.plugin: canal supports IPv4 only, but the pod range is fd99/,
    ],
  ])('are refused: %s', (_what, ranges, told) => {
    expect(errors(ranges).filter((line) => told.test(line))).toHaveLength(1);
    expect(errorsOf(foundWhileRunning(file(ranges))).filter((line) => told.test(line))).toEqual([]);
  });

  it('are a warning if only the second Service range has no pod range', () => {
    const ranges = { api: '10.43.0.0/16,fd98::/108', pods: '10.42.0.0/16', plugin: 'calico' };
    expect(found(file(ranges)).filter((line) => line.startsWith('warning'))).toContainEqual(
      expect.stringMatching(/^warning 8:\d+ .*cluster_cidr: the Service range fd98/),
    );
  });
});
