import { describe, expect, it } from 'vitest';
import { loadCluster } from '../../src/config/validate.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import type { ContainerSpec, NodePlan } from '../../src/plan/cluster-plan-types.js';
import { isImageAtLeast } from '../../src/plan/container/image-release.js';
import { cleanWindowsPath } from '../../src/plan/prefix-path.js';

const catalog = await loadCatalog();

const linux = {
  rootDir: '/var/lib/docker',
  osType: 'linux',
  operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  architecture: 'x86_64',
  securityOptions: [],
};
const windows = { ...linux, osType: 'windows', operatingSystem: 'Windows Server 2022 Datacenter' };

const version = 'v1.26.15-rancher1-1';

/** Plans a control plane (10.9.0.1) and a worker (10.9.0.2) with additional text in cluster.yml. */
function plan(
  text: string,
  { isWindows = false } = {},
): { readonly head: NodePlan; readonly worker: NodePlan } {
  const nodes = [
    '- { address: 10.9.0.1, user: ops, role: [controlplane, etcd] }',
    '- { address: 10.9.0.2, user: ops, role: [worker] }',
  ];
  const loaded = loadCluster([`kubernetes_version: ${version}`, 'nodes:', ...nodes, text, ''].join('\n'), {
    catalog,
    allowImageMismatch: true,
  });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
  const facts = new Map([
    ['10.9.0.1', linux],
    ['10.9.0.2', isWindows ? windows : linux],
  ]);
  const [head, worker] = planCluster({ spec: loaded.value, catalog }, facts, {
    certificates: {},
    encryptionConfig: '',
  }).nodes;
  if (head === undefined || worker === undefined) throw new Error('not planned');
  return { head, worker };
}

function containerOf({ containers }: NodePlan, name: string): ContainerSpec {
  const container = containers.find((one) => one.name === name);
  if (container === undefined) throw new Error(`no ${name}`);
  return container;
}

const fileOf = ({ files }: NodePlan, path: string): string | undefined =>
  files.find((file) => file.path === path)?.content;

describe('environment and binds', () => {
  // Go: cluster/plan.go:1283 getUniqStringList; etcd and kube-scheduler keep their environment unchanged (1157, 948).
  it.each(['kube-apiserver', 'kube-controller-manager', 'kubelet', 'kube-proxy'])(
    'of %s are trimmed, without empty strings and duplicates',
    (name) => {
      const key = { 'kube-apiserver': 'kube-api', 'kube-controller-manager': 'kube-controller' }[name];
      const service = key ?? name.replace('-', '');
      const text = `services: { ${service}: { extra_env: ["A=1", "", " B=2 ", "A=1"], extra_binds: ["", " /x:/y ", "/x:/y"] } }`;
      const { env, binds } = containerOf(plan(text).head, name);
      expect(env.filter((one) => /^(|\s*[AB]=.*)$/.test(one))).toEqual(['A=1', 'B=2']);
      expect(binds.filter((one) => one === '' || one.includes('/x'))).toEqual(['/x:/y']);
    },
  );

  it.each(['etcd', 'kube-scheduler'])('of %s keep the environment unchanged', (name) => {
    const service = name.replace('kube-', '');
    const { head } = plan(`services: { ${service}: { extra_env: ["A=1", "", "A=1"] } }`);
    expect(containerOf(head, name).env.slice(-3)).toEqual(['A=1', '', 'A=1']);
  });
});

describe('the directory of the entrypoint depends on the tag of the sidecar image (Go: cluster/cluster.go:1221)', () => {
  it.each([
    ['rancher/rke-tools:v0.1.9', '/opt/rke/entrypoint.sh'],
    ['rancher/rke-tools:v0.1.13-rc2', '/opt/rke/entrypoint.sh'],
    ['rancher/rke-tools:v0.1.13', '/opt/rke-tools/entrypoint.sh'],
    ['registry.example.org:5000/tools:0.0.99', '/opt/rke/entrypoint.sh'],
    ['registry.example.org:5000/tools:stable', '/opt/rke-tools/entrypoint.sh'],
  ])('is that of %s: %s', (image, path) => {
    const { head } = plan(`system_images: { kubernetes_services_sidecar: "${image}" }`);
    expect(containerOf(head, 'kube-scheduler').entrypoint[0]).toBe(path);
    expect(containerOf(head, 'kubelet').entrypoint[0]).toBe(path);
  });
});

describe('ports of the health checks depend on the image, not on the version (Go: cluster/plan.go:437, 937)', () => {
  it.each([
    ['v1.26.3-rancher1', 10257, 10259],
    ['v1.22.9-rancher1', 10257, 10251],
    ['v1.21.14-rancher1', 10252, 10251],
  ])('%s', (tag, controller, scheduler) => {
    const { head } = plan(`system_images: { kubernetes: "registry.example.org/hyperkube:${tag}" }`);
    expect(containerOf(head, 'kube-controller-manager').healthCheck?.url).toContain(`:${controller}/`);
    expect(containerOf(head, 'kube-scheduler').healthCheck?.url).toContain(`:${scheduler}/`);
  });

  it.each([
    ['x:v3.4.3', '3.4.3', true],
    ['x:v3.4.3-rancher1', '3.4.3', false],
    [`x:v3.4.3-rancher1@sha256:${'0'.repeat(64)}`, '3.4.3', false],
    [`x:v3.4.4@sha256:${'0'.repeat(64)}`, '3.4.3', true],
    ['registry.example.org:5000/x', '3.4.3', true],
  ])('%s is at least %s: %s', (image, release, expected) => {
    expect(isImageAtLeast(image, release)).toBe(expected);
  });
});

describe('cloud-config', () => {
  const contentOf = (text: string): string | undefined =>
    fileOf(plan(`cloud_provider: { ${text} }`).worker, '/etc/kubernetes/cloud-config');

  it('escapes the same characters as Go for Azure (Go: cloudprovider/azure/azure.go:39)', () => {
    expect(contentOf('name: azure, azureCloudProvider: { aadClientSecret: "a&b<c>\\u2028\\"" }')).toContain(
      '"aadClientSecret": "a\\u0026b\\u003cc\\u003e\\u2028\\""',
    );
  });

  it.each([
    ['" lead"', ' lead'],
    ['"tail "', 'tail '],
    ['"a#b;c"', 'a#b;c'],
    ['"a`b"', '"""a`b"""'],
    ['"a\\nb"', '"""a\nb"""'],
    ["'a\"b\\d'", 'a"b\\d'],
  ])(
    'writes %s the same as go-ini for OpenStack (Go: cloudprovider/openstack/openstack.go:43)',
    (given, written) => {
      expect(
        contentOf(`name: openstack, openstackCloudProvider: { global: { region: ${given} } }`),
      ).toContain(`[Global]\nregion = ${written}\n\n[LoadBalancer]`);
    },
  );

  it('has two empty lines for vSphere without a server (Go: templates/vsphere.go:34)', () => {
    const text = (center: string): string | undefined =>
      contentOf(`name: vsphere, vsphereCloudProvider: { ${center}workspace: { server: v } }`);
    expect(text('')).toContain('soap-roundtrip-count = "0"\n\n\n\n[Workspace]');
    expect(text('virtual_center: { vc: { user: u } }, ')).toContain('[VirtualCenter "vc"]');
    expect(text('virtual_center: { vc: { user: u } }, ')).toContain('"0"\n\n[Workspace]');
  });

  it('is that of the block that is set, whatever the name of the provider (Go: cloudprovider/vsphere/vsphere.go:24)', () => {
    const text = 'cloud_provider: { name: external, vsphereCloudProvider: { workspace: { server: v } } }';
    const { worker } = plan(text);
    expect(fileOf(worker, '/etc/kubernetes/cloud-config')).toContain('server = "v"');
    expect(containerOf(worker, 'kubelet').entrypoint).toContain('--cloud-provider=external');
  });
});

it('puts the webhook configuration on every host (Go: cluster/hosts.go:276)', () => {
  const { head, worker } = plan(
    'authentication: { strategy: "x509|webhook", webhook: { config_file: "kind: Config" } }',
  );
  for (const host of [head, worker])
    expect(fileOf(host, '/etc/kubernetes/kube-api-authn-webhook.yaml')).toBe('kind: Config\n');
});

describe('a plugin of admission_configuration is used unchanged (Go: cluster/hosts.go:185)', () => {
  it.each([
    [
      '{ name: PodSecurity, path: /etc/p.yaml }',
      'configuration: null\n  name: PodSecurity\n  path: /etc/p.yaml\n',
    ],
    ['{ name: EventRateLimit }', 'configuration: null\n  name: EventRateLimit\n  path: ""\n'],
    [
      '{ name: EventRateLimit, path: /a, configuration: {} }',
      'configuration: {}\n  name: EventRateLimit\n  path: /a\n',
    ],
  ])('%s', (plugin, expected) => {
    const configuration = `{ apiVersion: apiserver.config.k8s.io/v1, kind: AdmissionConfiguration, plugins: [${plugin}] }`;
    const { head } = plan(`services: { kube-api: { admission_configuration: ${configuration} } }`);
    expect(fileOf(head, '/etc/kubernetes/admission.yaml')).toContain(expected);
  });
});

it('keeps a taint with a reserved key and another effect (Go: cluster/reconcile.go:24)', () => {
  const nodes = plan('').worker.node;
  expect(nodes.taints).toBeUndefined();
  const loaded = loadCluster(
    `nodes:
- { address: 10.9.0.1, user: ops, role: [controlplane, etcd] }
- address: 10.9.0.2
  user: ops
  role: [worker]
  taints:
  - { key: node-role.kubernetes.io/etcd, value: "true", effect: NoExecute }
  - { key: node-role.kubernetes.io/etcd, value: "true", effect: NoSchedule }
  - { key: node-role.kubernetes.io/controlplane, effect: NoExecute }
`,
    { catalog },
  );
  if (!loaded.ok) throw new Error('not read');
  const [, worker] = planCluster(
    { spec: loaded.value, catalog },
    new Map(loaded.value.nodes.map(({ address }) => [address, linux])),
    { certificates: {}, encryptionConfig: '' },
  ).nodes;
  expect(worker?.taints.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
    'node-role.kubernetes.io/etcd:NoSchedule',
    'node-role.kubernetes.io/controlplane:NoExecute',
  ]);
});

describe('a snapshot image', () => {
  // Go: util/util.go:147: the first occurrence of the tag is replaced.
  it.each([
    ['rancher/rke-tools:v0.1.80', 'rancher/rke-tools:v0.1.103'],
    ['mirror:5000/rancher/rke-tools:v0.1.80', 'mirror:5000/rancher/rke-tools:v0.1.103'],
    ['rancher/rke-tools-v0.1.80:v0.1.80', 'rancher/rke-tools-v0.1.103:v0.1.80'],
    ['mirror/tools:v0.1.80', 'mirror/tools:v0.1.80'],
  ])('is %s with the default tag: %s', (image, expected) => {
    expect(
      containerOf(plan(`system_images: { alpine: "${image}" }`).head, 'etcd-rolling-snapshots').image,
    ).toBe(expected);
  });
});

describe('a Windows host', () => {
  it.each([
    ['d:\\\\data\\\\rke', 'd:\\data\\rke'],
    ['d:\\data\\', 'd:\\data'],
    ['d:\\', 'd:\\'],
    ['d:', 'd:\\'],
    ['d:/data', 'd:/data\\'],
  ])('keeps the backslashes of win_prefix_path: %s is %s (Go: util/util.go:220)', (given, expected) => {
    expect(cleanWindowsPath(given)).toBe(expected);
  });

  it('has its directories below win_prefix_path, else prefix_path, else c:/', () => {
    const bindOf = (text: string): string | undefined =>
      containerOf(plan(text, { isWindows: true }).worker, 'kube-proxy').binds[0];
    expect(bindOf("win_prefix_path: 'd:\\data'")).toBe('d:\\data/etc/kubernetes:c:/host/etc/kubernetes');
    expect(bindOf('prefix_path: /kube')).toBe('/kube/etc/kubernetes:c:/host/etc/kubernetes');
    expect(bindOf('')).toBe('c:/etc/kubernetes:c:/host/etc/kubernetes');
  });

  it('gets the network as JSON in the format of Go (Go: cluster/plan.go:1298)', () => {
    const network = `network:
  plugin: flannel
  options: { zed: "<1>", flannel_backend_type: vxlan }
  node_selector: { b: "2", a: "1&2" }
  update_strategy: { strategy: RollingUpdate, rollingUpdate: { maxSurge: 0, maxUnavailable: 3 } }
  tolerations: [{ effect: NoSchedule, tolerationseconds: 4, operator: Exists, key: k }]`;
    const { env } = containerOf(plan(network, { isWindows: true }).worker, 'service-sidekick');
    expect(env.find((one) => one.startsWith('RKE_NETWORK_CONFIGURATION='))?.split('=')[1]).toBe(
      '{"plugin":"flannel","options":{"flannel_backend_port":"8472","flannel_backend_type":"vxlan","flannel_backend_vni":"1","zed":"\\u003c1\\u003e"},"nodeSelector":{"a":"1\\u00262","b":"2"},"updateStrategy":{"strategy":"RollingUpdate","rollingUpdate":{"maxUnavailable":3,"maxSurge":0}},"tolerations":[{"key":"k","operator":"Exists","effect":"NoSchedule","tolerationSeconds":4}]}',
    );
  });
});
