import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../../src/config/cluster-spec.js';
import { loadCluster } from '../../../src/config/validate.js';
import { loadCatalog } from '../../../src/run/catalog/catalog-file.js';

const catalog = await loadCatalog();

/** Resolves a cluster.yml of one node and the given text. */
function resolve(text: string, version = 'v1.30.4-rancher1-1'): ClusterSpec {
  const nodes = 'nodes: [{ address: 10.9.0.1, user: ops, role: [controlplane, etcd, worker] }]';
  const loaded = loadCluster(`kubernetes_version: ${version}\n${nodes}\n${text}\n`, { catalog });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
  return loaded.value;
}

describe('a partial update_strategy is completed the same as in RKE', () => {
  const daemonSet = { strategy: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } };
  const deployment = { maxUnavailable: '25%', maxSurge: '25%' };
  const coredns = { strategy: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } };
  // Go: cluster/defaults.go:1194 (network, ingress), 1204 (monitoring), 1220 (dns).
  it.each([
    ['network', '{ strategy: RollingUpdate, rollingUpdate: { maxUnavailable: 4 } }', { maxUnavailable: 4 }],
    ['network', '{ strategy: RollingUpdate, rollingUpdate: {} }', daemonSet.rollingUpdate],
    ['network', '{ strategy: RollingUpdate, rollingUpdate: { maxSurge: 4 } }', daemonSet.rollingUpdate],
    ['network', '{ rollingUpdate: { maxSurge: 4 } }', { maxSurge: 4 }],
    ['ingress', '{ strategy: RollingUpdate, rollingUpdate: {} }', daemonSet.rollingUpdate],
    ['ingress', '{ strategy: OnDelete, rollingUpdate: { maxUnavailable: 9 } }', { maxUnavailable: 9 }],
    ['ingress', '{ strategy: OnDelete }', undefined],
    ['monitoring', '{ strategy: RollingUpdate, rollingUpdate: {} }', deployment],
    [
      'monitoring',
      '{ strategy: RollingUpdate, rollingUpdate: { maxSurge: 3 } }',
      { ...deployment, maxSurge: 3 },
    ],
    [
      'monitoring',
      '{ strategy: RollingUpdate, rollingUpdate: { maxUnavailable: "5%" } }',
      { ...deployment, maxUnavailable: '5%' },
    ],
    ['monitoring', '{ rollingUpdate: { maxSurge: 3 } }', { maxSurge: 3 }],
    ['monitoring', '{ strategy: Recreate }', undefined],
    ['dns', '{}', coredns.rollingUpdate],
    ['dns', '{ strategy: RollingUpdate }', coredns.rollingUpdate],
    ['dns', '{ rollingUpdate: { maxSurge: 3 } }', { maxUnavailable: 1, maxSurge: 3 }],
    ['dns', '{ strategy: RollingUpdate, rollingUpdate: { maxUnavailable: 3 } }', { maxUnavailable: 3 }],
    ['dns', '{ strategy: Recreate, rollingUpdate: { maxUnavailable: 3 } }', { maxUnavailable: 3 }],
  ] as const)('%s: %s', (block, strategy, expected) => {
    const { updateStrategy } = resolve(`${block}: { update_strategy: ${strategy} }`)[
      block
    ] as ClusterSpec['dns'];
    expect(updateStrategy?.rollingUpdate).toEqual(expected);
  });

  it('adds only maxSurge for kube-dns', () => {
    const { dns } = resolve(
      'dns: { provider: kube-dns, update_strategy: { rollingUpdate: { maxUnavailable: 2 } } }',
      'v1.13.12-rancher1-1',
    );
    expect(dns.updateStrategy).toEqual({ rollingUpdate: { maxSurge: '10%', maxUnavailable: 2 } });
  });

  it('uses the default strategy if none is set', () => {
    const spec = resolve('');
    expect([spec.network.updateStrategy, spec.dns.updateStrategy]).toEqual([daemonSet, coredns]);
  });
});

describe('the block of a network plugin sets its options', () => {
  // Go: cluster/defaults.go:871-884.
  it.each([
    [
      'whatever the plugin is',
      'plugin: flannel, canal_network_provider: { iface: eth7 }',
      { canal_iface: 'eth7' },
    ],
    ['to an empty string', 'plugin: canal, canal_network_provider: { iface: "" }', { canal_iface: '' }],
    ['if it is empty as a whole', 'plugin: flannel, flannel_network_provider: {}', { flannel_iface: '' }],
    [
      'with a default for calico',
      'plugin: calico, calico_network_provider: {}',
      { calico_cloud_provider: 'none' },
    ],
    [
      'for calico under another plugin',
      'plugin: canal, calico_network_provider: { cloudprovider: "" }',
      { calico_cloud_provider: 'none' },
    ],
    [
      'unless the options have it',
      'plugin: flannel, options: { flannel_iface: "" }, flannel_network_provider: { iface: eth7 }',
      { flannel_iface: '' },
    ],
  ])('%s', (_what, network, options) => {
    expect(resolve(`network: { ${network} }`).network.options).toMatchObject(options);
  });

  it('and calico has its default in the block too', () => {
    const { network } = resolve(
      'network: { plugin: calico, calico_network_provider: { cloudprovider: "" } }',
    );
    expect(network).toMatchObject({ calicoNetworkProvider: { cloudProvider: 'none' } });
  });
});

describe('Cisco ACI', () => {
  const required = [
    'apic_hosts: [a1]',
    ...['token', 'apic_user_name', 'apic_user_key', 'apic_user_crt', 'encap_type', 'mcast_range_start'],
    ...['mcast_range_end', 'aep', 'vrf_name', 'vrf_tenant', 'l3out', 'node_subnet', 'extern_dynamic'],
    ...['extern_static', 'node_svc_subnet', 'kube_api_vlan', 'service_vlan', 'infra_vlan'],
    ...['snat_port_range_start', 'snat_port_range_end', 'snat_ports_per_node'],
  ]
    .map((key) => (key.includes(':') ? key : `${key}: "7"`))
    .join(', ');
  const network = (more: string): ClusterSpec['network'] =>
    resolve(
      `network: { ${more}, aci_network_provider: { system_id: sys, l3out_external_networks: [n], ${required} } }`,
    ).network;

  it('leaves tenant empty until the plugin is deployed (Go: cluster/network.go:621)', () => {
    const { options, ...rest } = network('plugin: aci');
    expect(options).toMatchObject({ aci_tenant: '', aci_system_identifier: 'sys' });
    expect((rest as { aciNetworkProvider?: object }).aciNetworkProvider).not.toHaveProperty('tenant');
  });

  it('reads the block with another plugin, without the defaults of the plugin (Go: cluster/defaults.go:885)', () => {
    const { options } = network('plugin: flannel');
    expect(options).toMatchObject({
      aci_token: '7',
      aci_toleration_seconds: '600',
      flannel_backend_vni: '1',
    });
    expect(options).not.toHaveProperty('AciContainersMemoryLimit');
  });
});

describe('the audit log', () => {
  const policy = (text: string): unknown =>
    resolve(`services: { kube-api: { audit_log: ${text} } }`).services.kubeApi.auditLog?.configuration
      ?.policy;

  // Go: cluster/defaults.go:431-443.
  it('gets no policy if it is off', () => {
    expect(
      policy('{ enabled: false, configuration: { path: /var/log/kube-audit/a, format: json } }'),
    ).toBeUndefined();
    expect(policy('{ configuration: { max_age: 3 } }')).toBeUndefined();
  });

  it('gets the default policy if it is on', () => {
    expect(
      policy('{ enabled: true, configuration: { max_age: 3, path: /var/log/kube-audit/a } }'),
    ).toMatchObject({
      rules: [{ level: 'Metadata' }],
    });
  });
});

it('the event rate limit gets no default with a custom admission configuration (Go: cluster/defaults.go:407)', () => {
  const limit = (extra: string): unknown =>
    resolve(`services: { kube-api: { event_rate_limit: { enabled: true }${extra} } }`).services.kubeApi
      .eventRateLimit?.configuration;
  expect(limit(', extra_args: { admission-control-config-file: /etc/kubernetes/a.yaml }')).toBeUndefined();
  expect(limit('')).toMatchObject({ limits: [{ type: 'Server', qps: 5000, burst: 20000 }] });
});

describe('the name of a cloud provider', () => {
  // Go: cloudprovider/cloudprovider.go:21 and the Init of each provider.
  const vsphere = 'vsphereCloudProvider: { workspace: { server: v } }';
  it.each([
    ['external', `name: external, ${vsphere}`],
    ['vsphere', vsphere],
    ['external', 'name: external, openstackCloudProvider: { global: { region: r } }'],
    ['external', 'name: external, azureCloudProvider: { location: l }'],
    ['azure', 'azureCloudProvider: { location: l }'],
    ['external', 'name: harvester, harvesterCloudProvider: { cloud_config: c }'],
    ['openstack', 'name: openstack, customCloudProvider: "[Global]"'],
    ['mine', 'name: mine, awsCloudProvider: { global: { zone: z } }, customCloudProvider: "[Global]"'],
  ])('is %s of { %s }', (name, block) => {
    expect(resolve(`cloud_provider: { ${block} }`).cloudProvider?.name).toBe(name);
  });

  it('is aws of any AWS block', () => {
    const { cloudProvider } = resolve(
      'cloud_provider: { name: external-aws, awsCloudProvider: { global: { zone: z } } }',
      'v1.26.15-rancher1-1',
    );
    expect(cloudProvider?.name).toBe('aws');
  });
});

describe('a version without images for its add-ons is accepted (Go: cluster/validation.go:471)', () => {
  it.each([
    ['v1.9.7-rancher2-2', 'monitoring: { provider: metrics-server }'],
    ['v1.16.15-rancher1-4', 'dns: { nodelocal: { ip_address: 169.254.20.11 } }'],
  ])('%s', (version, text) => {
    expect(resolve(text, version).kubernetesVersion).toBe(version);
  });
});

it('a KMS provider without an apiVersion gets an empty one (Go: cluster/encryption.go:541)', () => {
  const kms = (more: string): unknown => {
    const providers = `[{ kms: { name: k, endpoint: "unix:///k.sock"${more} } }, { identity: {} }]`;
    const custom = `{ apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources: [{ resources: [secrets], providers: ${providers} }] }`;
    return resolve(
      `services: { kube-api: { secrets_encryption_config: { enabled: true, custom_config: ${custom} } } }`,
    ).services.kubeApi.secretsEncryptionConfig?.customConfig;
  };
  expect(kms('')).toMatchObject({ resources: [{ providers: [{ kms: { apiVersion: '', name: 'k' } }, {}] }] });
  expect(kms(', apiVersion: v2')).toMatchObject({
    resources: [{ providers: [{ kms: { apiVersion: 'v2' } }, {}] }],
  });
});
