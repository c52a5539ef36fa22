import { describe, expect, it } from 'vitest';
import { serverUrl } from '../../src/kubeconfig/admin-kubeconfig.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import { catalog, specOf } from '../config/rules/found.js';

const addresses = ['fd00:10::11', 'FD00:10:0:0::12', '2001:db8::1:13'];
const internal = 'fd00:20::14';

const text = `nodes:
${addresses.map((address, index) => `  - { address: "${address}", hostname_override: n${index}, user: ops, role: [controlplane, etcd, worker] }\n`).join('')}\
  - { address: 10.0.0.14, internal_address: "${internal}", hostname_override: m, user: ops, role: [controlplane, etcd] }
  - { address: "fd00:10::15", hostname_override: w, user: ops, role: [worker] }
network: { plugin: none }
ingress: { provider: none }
services:
  kube-api: { service_cluster_ip_range: "fd98::/108" }
  kube-controller: { service_cluster_ip_range: "fd98::/108", cluster_cidr: "fd99::/56" }
`;

const facts = (osType: string) => ({
  rootDir: '/var/lib/docker',
  osType,
  operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  architecture: 'x86_64',
  securityOptions: [],
});

describe.each(['v1.15.12-rancher2-7', 'v1.20.15-rancher2-2', 'v1.30.4-rancher1-1'])(
  'IPv6 nodes of %s',
  (version) => {
    const spec = specOf(`${text}kubernetes_version: ${version}\n`);
    const hosts = new Map(
      spec.nodes.map(({ address }) => [address, facts(address.endsWith('15') ? 'windows' : 'linux')]),
    );
    const { nodes } = planCluster({ spec, catalog }, hosts, { certificates: {}, encryptionConfig: '' });
    const words = nodes.flatMap(({ containers }) =>
      containers.flatMap(({ entrypoint, cmd, env, healthCheck }) => [
        ...entrypoint,
        ...cmd,
        ...env,
        ...(healthCheck === undefined ? [] : [healthCheck.url]),
      ]),
    );

    it('have brackets before every port', () => {
      const bare = words.filter((word) =>
        [...addresses, internal].some((address) =>
          new RegExp(`(?<!\\[)${address}(\\]?:\\d{4}\\b)`).test(word),
        ),
      );
      expect(bare).toEqual([]);
    });

    it('are valid URLs', () => {
      const urls = words.flatMap((word) => word.match(/https?:\/\/[^,"\s]+/g) ?? []);
      expect(urls.filter((url) => url.includes('[fd00:10::11]')).length).toBeGreaterThan(5);
      for (const url of urls) expect(URL.canParse(url), url).toBe(true);
    });

    it('are the servers of nginx-proxy', () => {
      const proxies = words.filter((word) => word.startsWith('CP_HOSTS='));
      expect(new Set(proxies)).toEqual(
        new Set([`CP_HOSTS=${[...addresses, internal].map((address) => `[${address}]`).join(',')}`]),
      );
    });
  },
);

it('puts the server of the kubeconfig in brackets', () => {
  expect(serverUrl('fd00::1')).toBe('https://[fd00::1]:6443');
  expect(serverUrl('10.0.0.1')).toBe('https://10.0.0.1:6443');
});
