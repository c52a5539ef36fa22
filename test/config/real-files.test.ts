import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { loadCluster } from '../../src/config/validate.js';

const catalog = await loadCatalog();

const node = 'nodes:\n  - { address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }\n';

/** All that is told of a file on a machine that has no files, as `line:column path: message`. */
function told(text: string): string[] {
  const loaded = loadCluster(text, { catalog, exists: () => false });
  const all = loaded.ok ? loaded.warnings : loaded.diagnostics;
  return all.map(
    ({ position, path, message }) => `${position?.line ?? 0}:${position?.column ?? 0} ${path}: ${message}`,
  );
}

describe('what is often wrong in files that people have', () => {
  it('leads nobody from a version that is too new to one of years ago', () => {
    const newest = catalog.versions.at(-1);
    expect(told(`kubernetes_version: v1.99.1-rancher1-1\n${node}`)).toEqual([
      `1:21 kubernetes_version: "v1.99.1-rancher1-1" is not in the catalogue; the newest known is ${newest} (RANCHER_METADATA_URL names a newer catalogue)`,
    ]);
  });

  it.each(['30.5-rancher1-1', 'v2.1.0', '1.99', 'v99.1'])('is not confused by the version %s', (version) => {
    expect(told(`kubernetes_version: "${version}"\n${node}`)).toEqual([
      expect.stringContaining(`1:21 kubernetes_version: "${version}" is not `),
    ]);
  });

  it('says once that an address is missing or stands twice', () => {
    const empty =
      '  - { address: "", internal_address: "", user: ops, role: [controlplane, etcd, worker] }\n';
    expect(told(`nodes:\n${empty}${empty}${empty}`)).toEqual([
      '2:5 nodes[0]: a node needs an address',
      '3:5 nodes[1]: a node needs an address',
      '4:5 nodes[2]: a node needs an address',
    ]);
    const full = empty.replaceAll('address: "", internal', 'address: 10.0.0.1, internal');
    expect(told(`nodes:\n${full}${full}${full}`)).toEqual([
      '3:16 nodes[1].address: 10.0.0.1 is also the address of nodes[0] (line 2)',
      '4:16 nodes[2].address: 10.0.0.1 is also the address of nodes[0] (line 2)',
    ]);
  });

  it('compares a name with an address that is a name', () => {
    const named = '  - { address: 10.0.0.1, hostname_override: b, user: ops, role: [controlplane, etcd] }\n';
    expect(told(`nodes:\n${named}  - { address: b, user: ops, role: [worker] }\n`)).toEqual([
      '3:5 nodes[1].hostname_override: b is also the hostname_override of nodes[0] (line 2)',
    ]);
  });

  it('knows a conflict of git', () => {
    expect(told(`nodes:\n<<<<<<< HEAD\n  - address: a\n=======\n  - address: b\n>>>>>>> x\n`)).toEqual([
      '2:1 : invalid YAML: unresolved git merge conflict',
    ]);
  });

  it.each(['v2.0.0', 'v06401.2.0', 'v0.9.1'])('knows that %s is of no Kubernetes 1', (version) => {
    const [line] = told(`kubernetes_version: ${version}\n${node}`);
    expect(line).toContain(`"${version}" is not in the catalogue; `);
    expect(line).toContain(version === 'v0.9.1' ? 'did you mean' : 'the newest known is');
  });

  it('points at the mode where the level of pod security is the default one', () => {
    const text = `${node}services:\n  kube-api:\n    always_pull_images: false\nauthorization:\n  mode: none\n`;
    expect(told(text)).toEqual([expect.stringMatching(/^7:9 authorization\.mode: pod security needs/)]);
    const written = text.replace('always_pull_images: false', 'pod_security_configuration: restricted');
    expect(told(written)).toEqual([
      expect.stringMatching(/^5:33 services\.kube-api\.pod_security_configuration: pod security needs/),
    ]);
  });

  it('sees that a block has lost its indentation', () => {
    expect(told(`${node}ingress:\nprovider: none\n`)).toEqual([
      '4:1 provider: unknown key; it belongs under "ingress" on line 3 (check the indentation)',
    ]);
    expect(told(`${node}services:\n  etcd:\n  snapshot: true\n`)).toEqual([
      '5:3 services.snapshot: unknown key; it belongs under "etcd" on line 4 (check the indentation)',
    ]);
    expect(told(`${node}ingress: {}\nprovider: none\n`)[0]).not.toContain('belongs');
  });

  it('sees that a block is indented too far', () => {
    expect(told(`${node}network:\n  plugin: canal\n  authentication:\n    strategy: x509\n`)).toEqual([
      '5:3 network.authentication: unknown key; it belongs at the top level (check the indentation)',
    ]);
    expect(told(`${node}services:\n  addons: x\n`)).toEqual(['4:3 services.addons: unknown key']);
  });

  it('knows where the documents of RKE are wrong', () => {
    expect(told(`${node}ingress: { ingress_priority_class_name: x }\n`)).toEqual([
      expect.stringContaining('use "nginx_ingress_controller_priority_class_name"'),
    ]);
  });

  it('says which version forbids it, where nobody chose one', () => {
    const because = `(kubernetes_version is not set and so is ${catalog.defaultVersion})`;
    expect(told(`${node}cloud_provider: { name: aws }\n`)).toEqual([
      `3:25 cloud_provider.name: aws ends with Kubernetes 1.26 ${because}; choose external-aws`,
    ]);
    expect(told(`${node}network: { plugin: weave }\n`)).toEqual([
      `3:20 network.plugin: weave ends with Kubernetes 1.29 ${because}; choose canal or calico`,
    ]);
    const chosen = 'kubernetes_version: v1.30.5-rancher1-1\ncloud_provider: { name: aws }\n';
    expect(told(`${node}${chosen}`)[0]).not.toContain('not set');
  });

  it('knows the settings that Rancher has of a cluster', () => {
    expect(told(`${node}rancher_kubernetes_engine_config: {}\n`)[0]).toContain(
      'this is a Rancher cluster template',
    );
  });

  it('names the key that stands at the end of an unknown one', () => {
    const cloud =
      'cloud_provider:\n  name: azure\n  azureCloudProvider:\n    aadTenantId: x\n    tenantId: x\n';
    expect(told(`${node}${cloud}`)).toEqual([
      expect.stringMatching(/^6:5 .*aadTenantId: unknown key; did you mean "tenantId"\?/),
    ]);
  });

  it('says of a name that comes from the address how to give another', () => {
    const underscore = node.replace('10.0.0.11', 'my_host');
    expect(told(underscore)).toEqual([
      '2:16 nodes[0].address: "my_host" cannot be the name of a node: small letters, digits, "-" and "." only; name the node with hostname_override',
    ]);
    expect(told(underscore.replace('user:', 'hostname_override: a_b, user:'))).toEqual([
      '2:44 nodes[0].hostname_override: "a_b" cannot be the name of a node: small letters, digits, "-" and "." only',
    ]);
  });

  it.each(['@IP@', '%ip%'])('calls a placeholder %s what it is', (placeholder) => {
    expect(told(node.replace('10.0.0.11', placeholder))).toEqual([
      `2:16 : invalid YAML: a value cannot start with ${placeholder[0]}; quote it`,
    ]);
  });
});

describe('the keys of SSH', () => {
  const host = (rest: string): string =>
    `  - { address: 10.0.0.${rest.length}, user: ops, role: [controlplane, etcd, worker], ${rest} }\n`;

  it('are missed once, however many hosts have the same', () => {
    const text = `nodes:\n${host('ssh_key_path: ~/k')}${host('ssh_key_path:  ~/k')}${host('ssh_key_path:   ~/k')}`;
    expect(told(text)).toEqual([
      expect.stringMatching(/^2:\d+ nodes\[0\]\.ssh_key_path: there is no file ~\/k, which 3 hosts are to/),
    ]);
    expect(told(`ssh_key_path: ~/k\n${node}`)).toEqual(['1:15 ssh_key_path: there is no file ~/k']);
  });

  it('are not missed where nobody logs in with them', () => {
    expect(told(`nodes:\n${host('ssh_key: abc')}ssh_key_path: ~/k\n`)).toEqual([]);
    const bastion = 'bastion_host: { address: 10.9.0.1, user: ops, ssh_key: abc, ssh_key_path: ~/b }\n';
    expect(told(`${node}${bastion}`)).toEqual([]);
    expect(told(`${node}${bastion}ssh_agent_auth: true\nssh_key_path: ~/k\n`)).toEqual([]);
    expect(told(`${node}bastion_host: { address: "", ssh_key_path: ~/b }\n`)).toEqual([]);
    expect(told(`${node}${bastion.replace('ssh_key: abc, ', '')}`)).toEqual([
      expect.stringContaining('bastion_host.ssh_key_path: there is no file ~/b'),
    ]);
  });
});

describe('ranges of addresses', () => {
  it('are those that the components are started with', () => {
    const services = `services:
  kube-api: { extra_args: { service-cluster-ip-range: "10.96.0.0/16,fd03::/112" } }
  kube-controller:
    extra_args: { cluster-cidr: "10.50.0.0/16,fd05::/48", service-cluster-ip-range: "10.96.0.0/16,fd03::/112" }
  kubelet: { cluster_dns_server: 10.96.0.10 }
`;
    expect(told(`${node}${services}`)).toEqual([]);
    expect(told(`${node}${services.replace('10.50.0.0/16', '10.0.0.0/24')}`)).toEqual([
      expect.stringContaining("nodes[0]: its address 10.0.0.11 lies in the cluster's own range 10.0.0.0/24"),
    ]);
    expect(told(`${node}${services.replace('fd03::/112" } }', 'fd04::/112" } }')}`)).toEqual([
      expect.stringMatching(/^6:\d+ services\.kube-controller\.extra_args\.service-cluster-ip-range: /),
    ]);
  });
});
