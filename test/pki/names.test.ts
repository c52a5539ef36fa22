import { describe, expect, it } from 'vitest';
import { firstAddressOf, ipBytes, ipText } from '../../src/core/ip.js';
import { adminKubeconfig } from '../../src/kubeconfig/admin-kubeconfig.js';
import { renderComponentKubeconfig } from '../../src/pki/bundle/bundle-entry.js';
import { listServerSans } from '../../src/pki/required/node-sans.js';
import { kubeconfigText, rkeBundle, rkeSpec } from './takeover.js';

describe('listServerSans', () => {
  it('lists the addresses of a host and its name', () => {
    const node = { port: '22', user: 'rke', role: ['controlplane'] as const };
    const nodes = [{ ...node, address: '10.0.0.1', internalAddress: '192.168.0.1', hostnameOverride: 'n1' }];
    expect(listServerSans(rkeSpec, nodes, [])).toEqual({
      ips: ['10.0.0.1', '192.168.0.1', '127.0.0.1', '10.43.0.1'],
      dnsNames: [
        'n1',
        'localhost',
        'kubernetes',
        'kubernetes.default',
        'kubernetes.default.svc',
        'kubernetes.default.svc.cluster.local',
      ],
    });
  });

  it('lists one service address per IP family', () => {
    const kubeApi = { ...rkeSpec.services.kubeApi, serviceClusterIpRange: '10.43.0.0/16,fd43::/108' };
    const spec = { ...rkeSpec, services: { ...rkeSpec.services, kubeApi } };
    expect(listServerSans(spec, [], []).ips).toEqual(['127.0.0.1', '10.43.0.1', 'fd43::1']);
  });
});

describe('addresses', () => {
  it.each([
    ['10.43.7.9/16', '10.43.0.1'],
    ['10.43.255.255/32', '10.44.0.0'],
    ['fd00::/64', 'fd00::1'],
  ])('%s begins with %s', (cidr, first) => {
    expect(firstAddressOf(cidr)).toBe(first);
  });

  it.each(['010.0.0.1', '10.1', 'host', '', 'fe80::1%eth0', '1.2.3.256'])('rejects %j', (text) => {
    expect(ipBytes(text)).toBeUndefined();
  });

  it('are normalized to one spelling', () => {
    expect(ipText(ipBytes('FD00:0:0::01') ?? new Uint8Array())).toBe('fd00::1');
    expect(ipText(ipBytes('::ffff:10.0.0.1') ?? new Uint8Array())).toBe('10.0.0.1');
  });
});

describe('kubeconfigs', () => {
  it.each(['kube-node', 'kube-proxy', 'kube-scheduler', 'kube-controller-manager'])(
    'equal those of RKE v1 for %s',
    (name) => {
      expect(renderComponentKubeconfig(name)).toBe(rkeBundle[name]?.config);
    },
  );

  it('equal those of RKE v1 for the administrator', () => {
    const { certificatePEM = '', keyPEM = '' } = rkeBundle['kube-admin'] ?? {};
    const text = adminKubeconfig({
      clusterName: 'three',
      controlPlane: '172.30.0.81',
      caPem: rkeBundle['kube-ca']?.certificatePEM ?? '',
      certificatePem: certificatePEM,
      keyPem: keyPEM,
    });
    expect(text).toBe(kubeconfigText);
  });
});
