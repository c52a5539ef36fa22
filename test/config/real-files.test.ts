import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { loadCluster } from '../../src/config/validate.js';

const catalog = await loadCatalog();

const node = 'nodes:\n  - { address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }\n';

/** All findings of a file on a machine without other files, as `line:column path: message`. */
function findingsOf(text: string): string[] {
  const loaded = loadCluster(text, { catalog, exists: () => false });
  const all = loaded.ok ? loaded.warnings : loaded.diagnostics;
  return all.map(
    ({ position, path, message }) => `${position?.line ?? 0}:${position?.column ?? 0} ${path}: ${message}`,
  );
}

describe('a common error in files of users', () => {
  it('is reported for a version that is too new, without advice to use one of years ago', () => {
    const newest = catalog.versions.at(-1);
    expect(findingsOf(`kubernetes_version: v1.99.1-rancher1-1\n${node}`)).toEqual([
      `1:21 kubernetes_version: version "v1.99.1-rancher1-1" is not in the catalogue; the newest version in the catalogue is ${newest} (set RANCHER_METADATA_URL to use a newer catalogue)`,
    ]);
  });

  it.each([
    ['30.5-rancher1-1', 'invalid version'],
    ['v2.1.0', 'version'],
    ['1.99', 'invalid version'],
    ['v99.1', 'incomplete version'],
  ])('is reported for the version %s, with the newest version', (version, problem) => {
    expect(findingsOf(`kubernetes_version: "${version}"\n${node}`)).toEqual([
      expect.stringContaining(`1:21 kubernetes_version: ${problem} "${version}"`),
    ]);
  });

  it('is reported once for a missing or duplicate address', () => {
    const empty =
      '  - { address: "", internal_address: "", user: ops, role: [controlplane, etcd, worker] }\n';
    expect(findingsOf(`nodes:\n${empty}${empty}${empty}`)).toEqual([
      '2:5 nodes[0]: address is required',
      '3:5 nodes[1]: address is required',
      '4:5 nodes[2]: address is required',
    ]);
    const full = empty.replaceAll('address: "", internal', 'address: 10.0.0.1, internal');
    expect(findingsOf(`nodes:\n${full}${full}${full}`)).toEqual([
      '3:16 nodes[1].address: 10.0.0.1 is also the address of nodes[0] (line 2)',
      '4:16 nodes[2].address: 10.0.0.1 is also the address of nodes[0] (line 2)',
    ]);
  });

  it('is reported for a name that is also the address of another node', () => {
    const named = '  - { address: 10.0.0.1, hostname_override: b, user: ops, role: [controlplane, etcd] }\n';
    expect(findingsOf(`nodes:\n${named}  - { address: b, user: ops, role: [worker] }\n`)).toEqual([
      '3:5 nodes[1].hostname_override: b is also the hostname_override of nodes[0] (line 2)',
    ]);
  });

  it('is reported for an unresolved conflict of git', () => {
    expect(findingsOf(`nodes:\n<<<<<<< HEAD\n  - address: a\n=======\n  - address: b\n>>>>>>> x\n`)).toEqual([
      '2:1 : invalid YAML: unresolved git merge conflict',
    ]);
  });

  it.each(['v2.0.0', 'v06401.2.0', 'v0.9.1'])(
    'is reported for %s, which is not a version of Kubernetes 1',
    (version) => {
      const [line] = findingsOf(`kubernetes_version: ${version}\n${node}`);
      expect(line).toContain(`"${version}" is not in the catalogue; `);
      expect(line).toContain(
        version === 'v0.9.1' ? 'did you mean' : 'the newest version in the catalogue is',
      );
    },
  );

  it('is reported at the authorization mode if the pod security level is a default', () => {
    const text = `${node}services:\n  kube-api:\n    always_pull_images: false\nauthorization:\n  mode: none\ningress: { provider: none }\n`;
    expect(findingsOf(text)).toEqual([
      expect.stringMatching(
        /^7:9 authorization\.mode: pod_security_configuration \(default of RKE v1: privileged\) requires/,
      ),
    ]);
    const written = text.replace('always_pull_images: false', 'pod_security_configuration: restricted');
    expect(findingsOf(written)).toEqual([
      expect.stringMatching(
        /^5:33 services\.kube-api\.pod_security_configuration: pod_security_configuration requires/,
      ),
    ]);
  });

  it('is reported for a block that lost its indentation', () => {
    expect(findingsOf(`${node}ingress:\nprovider: none\n`)).toEqual([
      '4:1 provider: unknown key; it belongs under "ingress" on line 3 (check the indentation)',
    ]);
    expect(findingsOf(`${node}services:\n  etcd:\n  snapshot: true\n`)).toEqual([
      '5:3 services.snapshot: unknown key; it belongs under "etcd" on line 4 (check the indentation)',
    ]);
    expect(findingsOf(`${node}ingress: {}\nprovider: none\n`)[0]).not.toContain('belongs');
  });

  it('is reported for a block that is indented too far', () => {
    expect(findingsOf(`${node}network:\n  plugin: canal\n  authentication:\n    strategy: x509\n`)).toEqual([
      '5:3 network.authentication: unknown key; it belongs at the top level (check the indentation)',
    ]);
    expect(findingsOf(`${node}services:\n  addons: x\n`)).toEqual(['4:3 services.addons: unknown key']);
  });

  it('is reported for a key that the documentation of RKE misspells', () => {
    expect(findingsOf(`${node}ingress: { ingress_priority_class_name: x }\n`)).toEqual([
      expect.stringContaining('use "nginx_ingress_controller_priority_class_name"'),
    ]);
  });

  it('is reported with the default version if the file sets none', () => {
    const origin = `(kubernetes_version is not set; ${catalog.defaultVersion} is the default)`;
    expect(findingsOf(`${node}cloud_provider: { name: aws }\n`)).toEqual([
      `3:25 cloud_provider.name: the cloud provider aws was removed in Kubernetes 1.27 ${origin}; use external-aws in a new cluster, or keep Kubernetes 1.26 until a cluster that runs with aws is migrated`,
    ]);
    expect(findingsOf(`${node}network: { plugin: weave }\n`)).toEqual([
      `3:20 network.plugin: weave was removed in Kubernetes 1.30 ${origin}; use canal or calico in a new cluster, or keep Kubernetes 1.29 in a cluster that runs weave until another plugin has replaced it (docs/running-cluster.md)`,
    ]);
    const chosen = 'kubernetes_version: v1.30.5-rancher1-1\ncloud_provider: { name: aws }\n';
    expect(findingsOf(`${node}${chosen}`)[0]).not.toContain('not set');
  });

  it('is reported for a cluster file of Rancher', () => {
    expect(findingsOf(`${node}rancher_kubernetes_engine_config: {}\n`)[0]).toContain(
      'this is a Rancher cluster template',
    );
  });

  it('is reported with the key that an unknown key ends with', () => {
    const cloud =
      'cloud_provider:\n  name: azure\n  azureCloudProvider:\n    aadTenantId: x\n    tenantId: x\n';
    expect(findingsOf(`${node}${cloud}`)).toEqual([
      expect.stringMatching(/^6:5 .*aadTenantId: unknown key; did you mean "tenantId"\?/),
    ]);
  });

  it('is reported for an address that cannot be a node name, with advice to set one', () => {
    const underscore = node.replace('10.0.0.11', 'my_host');
    expect(findingsOf(underscore)).toEqual([
      '2:16 nodes[0].address: invalid node name "my_host"; expected only lower-case letters, digits, "-" and "."; name the node with hostname_override',
    ]);
    expect(findingsOf(underscore.replace('user:', 'hostname_override: a_b, user:'))).toEqual([
      '2:44 nodes[0].hostname_override: invalid node name "a_b"; expected only lower-case letters, digits, "-" and "."',
    ]);
  });

  it.each(['@IP@', '%ip%'])('is reported for the placeholder %s', (placeholder) => {
    expect(findingsOf(node.replace('10.0.0.11', placeholder))).toEqual([
      `2:16 : invalid YAML: a value cannot start with ${placeholder[0]}; quote it`,
    ]);
  });
});

describe('the SSH keys of a file', () => {
  const host = (rest: string): string =>
    `  - { address: 10.0.0.${rest.length}, user: ops, role: [controlplane, etcd, worker], ${rest} }\n`;

  it('are reported missing once, however many hosts use the same', () => {
    const text = `nodes:\n${host('ssh_key_path: ~/k')}${host('ssh_key_path:  ~/k')}${host('ssh_key_path:   ~/k')}`;
    expect(findingsOf(text)).toEqual([
      expect.stringMatching(
        /^2:\d+ nodes\[0\]\.ssh_key_path: file not found: ~\/k \(the SSH key of 3 hosts\)/,
      ),
    ]);
    expect(findingsOf(`ssh_key_path: ~/k\n${node}`)).toEqual(['1:15 ssh_key_path: file not found: ~/k']);
  });

  it('are not reported missing if no login uses them', () => {
    expect(findingsOf(`nodes:\n${host('ssh_key: abc')}ssh_key_path: ~/k\n`)).toEqual([]);
    const bastion = 'bastion_host: { address: 10.9.0.1, user: ops, ssh_key: abc, ssh_key_path: ~/b }\n';
    expect(findingsOf(`${node}${bastion}`)).toEqual([]);
    expect(findingsOf(`${node}${bastion}ssh_agent_auth: true\nssh_key_path: ~/k\n`)).toEqual([]);
    expect(findingsOf(`${node}bastion_host: { address: "", ssh_key_path: ~/b }\n`)).toEqual([]);
    expect(findingsOf(`${node}${bastion.replace('ssh_key: abc, ', '')}`)).toEqual([
      expect.stringContaining('bastion_host.ssh_key_path: file not found: ~/b'),
    ]);
  });
});

describe('address ranges', () => {
  it('are checked with the values that the components are started with', () => {
    const services = `services:
  kube-api: { extra_args: { service-cluster-ip-range: "10.96.0.0/16,fd03::/112" } }
  kube-controller:
    extra_args: { cluster-cidr: "10.50.0.0/16,fd05::/48", service-cluster-ip-range: "10.96.0.0/16,fd03::/112" }
  kubelet: { cluster_dns_server: 10.96.0.10 }
`;
    expect(findingsOf(`${node}${services}`)).toEqual([]);
    expect(findingsOf(`${node}${services.replace('10.50.0.0/16', '10.0.0.0/24')}`)).toEqual([
      expect.stringContaining('nodes[0]: the node address 10.0.0.11 is inside the pod range 10.0.0.0/24'),
    ]);
    expect(findingsOf(`${node}${services.replace('fd03::/112" } }', 'fd04::/112" } }')}`)).toEqual([
      expect.stringMatching(/^6:\d+ services\.kube-controller\.extra_args\.service-cluster-ip-range: /),
    ]);
  });
});
