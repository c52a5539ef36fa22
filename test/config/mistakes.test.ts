import { beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import { loadCluster } from '../../src/config/validate.js';
import type { VersionCatalog } from '../../src/versions/catalog.js';

let catalog: VersionCatalog;
beforeAll(async () => {
  catalog = await loadCatalog();
});

const base = 'network: { plugin: flannel }\ningress: { provider: none }\n';
const node = '- { address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }';
const nodes = `nodes:\n  ${node}\n`;

/** Errors as they are printed: `line:column path: message`. */
function mistakesIn(text: string): string[] {
  const loaded = loadCluster(text, { catalog, forChange: true });
  const all = loaded.ok ? loaded.warnings : loaded.diagnostics;
  return all.map(
    ({ position, path, message }) => `${position?.line ?? 0}:${position?.column ?? 0} ${path}: ${message}`,
  );
}

describe('an error has a position and a fix', () => {
  it.each<[what: string, text: string, mistake: RegExp]>([
    [
      'an unknown role',
      `${base}nodes:\n  - address: a\n    user: u\n    role: [controller, etcd]\n`,
      /^6:12 nodes\[0\]\.role\[0\]: invalid role "controller"; did you mean "controlplane"\?/,
    ],
    [
      'an unknown key',
      `${base}${nodes}cluster_nam: x\n`,
      /^5:1 cluster_nam: unknown key; did you mean "cluster_name"\?/,
    ],
    [
      'a service at the top',
      `${base}${nodes}kubelet: {}\n`,
      /^5:1 kubelet: unknown key; it belongs under "services" \(check the indentation\)/,
    ],
    [
      'a scalar instead of a list',
      `${base}nodes:\n  - { address: a, user: u, role: etcd }\n`,
      /nodes\[0\]\.role: expected a list, got a single value; write \[etcd\]/,
    ],
    [
      'a quoted boolean',
      `${base}${nodes}ssh_agent_auth: "true"\n`,
      /^5:17 ssh_agent_auth: expected a boolean, got the string "true"; remove the quotes/,
    ],
    [
      'a quoted number',
      `${base}${nodes}addon_job_timeout: "60"\n`,
      /addon_job_timeout: expected an integer, got the string "60"; remove the quotes/,
    ],
    [
      'a repeated key',
      `${base}${nodes}ingress: { provider: none }\n`,
      /^5:1 ingress: duplicate key, already set on line 2/,
    ],
    ['no YAML', 'nodes: [1\nx: 2', /invalid YAML/],
    ['a list at the top', '- a\n', /expected a map of keys, got a list/],
    ['an empty file', '', /nodes: a cluster needs at least one node/],
    [
      'a key that old `rke config` wrote',
      `${base}${nodes}services: { kube-api: { pod_security_policy: true } }\n`,
      /^5:25 services\.kube-api\.pod_security_policy: retired key, ignored \(written by `rke config` before v1\.6;/,
    ],
    [
      'a key that is not yet supported',
      `${base}${nodes}rotate_encryption_key: true\n`,
      /^5:24 rotate_encryption_key: not yet supported/,
    ],
    [
      'no etcd',
      `${base}nodes:\n  - { address: a, user: u, role: [controlplane, worker] }\n`,
      /no node has the role etcd/,
    ],
    [
      'an address twice',
      `${base}${nodes}  ${node}\n`,
      /^5:16 nodes\[1\]\.address: 10\.0\.0\.11 is also the address of nodes\[0\] \(line 4\)/,
    ],
    [
      'no user',
      `${base}nodes:\n  - { address: a, role: [controlplane, etcd, worker] }\n`,
      /nodes\[0\]: user is required/,
    ],
    [
      'an invalid port',
      `${base}nodes:\n  - { address: a, user: u, port: 99999, role: [controlplane, etcd, worker] }\n`,
      /nodes\[0\]\.port: expected a port from 1 to 65535, got "99999"/,
    ],
    [
      'an invalid range',
      `${base}${nodes}services: { kube-controller: { cluster_cidr: 10.42 } }\n`,
      /cluster_cidr: expected a CIDR range such as 10\.43\.0\.0\/16, got "10\.42"/,
    ],
    [
      'ranges that overlap',
      `${base}${nodes}services: { kube-controller: { cluster_cidr: 10.43.0.0/17 } }\n`,
      /the pod range 10\.43\.0\.0\/17 overlaps the Service range 10\.43\.0\.0\/16 \(default of RKE v1\)/,
    ],
    [
      'an unknown version',
      `${base}${nodes}kubernetes_version: v1.30.99-rancher1-1\n`,
      /kubernetes_version: version "v1\.30\.99-rancher1-1" is not in the catalogue; did you mean "v1\.30\.5-rancher1-1"/,
    ],
    [
      'an image whose tag is of no known version',
      `${base}${nodes}system_images:\n  kubernetes: rancher/hyperkube:v0.0.0-none\n`,
      /^6:15 system_images\.kubernetes: the catalogue has no start options for the Kubernetes of "rancher\/hyperkube:v0\.0\.0-none"/,
    ],
    [
      'an invalid image name',
      `${base}${nodes}system_images: { etcd: "rancher/etcd:" }\n`,
      /system_images\.etcd: invalid image name "rancher\/etcd:"/,
    ],
    [
      'the plugin of AWS for another registry',
      `${base}${nodes}private_registries:\n  - { url: reg.example, ecr_credential_plugin: {} }\n`,
      /^6:12 private_registries\[0\]\.url: expected an AWS ECR registry for ecr_credential_plugin, got "reg\.example"/,
    ],
    [
      'one of two AWS keys',
      `${base}${nodes}private_registries:\n  - { url: 1.dkr.ecr.eu-west-1.amazonaws.com, ecr_credential_plugin: { aws_access_key_id: a } }\n`,
      /private_registries\[0\]\.ecr_credential_plugin: aws_secret_access_key is not set/,
    ],
  ])('for %s', (_what, text, mistake) => {
    expect(
      mistakesIn(text).filter((line) => mistake.test(line)),
      mistakesIn(text).join('\n'),
    ).toHaveLength(1);
  });

  it('and all errors are reported at once, in the order of the file', () => {
    const lines = mistakesIn(
      'cluster_nam: x\nnodes:\n  - { address: a, user: u, role: [worke] }\nssh_agent_auth: "yes"\nnetwrk: {}\n',
    ).map((line) => Number(line.split(':')[0]));
    expect(lines.length).toBeGreaterThanOrEqual(5);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
  });
});

it('names 50,000 unknown keys within the time of a test', () => {
  const keys = Array.from({ length: 50_000 }, (_, index) => `no_such_key_${index}: 1\n`).join('');
  const mistakes = mistakesIn(`${base}${nodes}${keys}`);
  expect(mistakes).toHaveLength(50_000);
  expect(mistakes.at(-1)).toBe('50004:1 no_such_key_49999: unknown key');
});

describe('everything that RKE v1 reads is accepted', () => {
  it.each([
    ['Windows line ends', `${base}${nodes}`.replaceAll('\n', '\r\n')],
    ['a first line of ---', `---\n${base}${nodes}`],
    ['YAML 1.1 booleans', `${base}${nodes}ssh_agent_auth: yes\n`],
    [
      'numbers where texts belong',
      `${base}${nodes}services: { kubelet: { extra_args: { max-pods: 200 } } }\n`,
    ],
    ['nulls', `${base}${nodes}services:\n  etcd:\n  kube-api: ~\n`],
    [
      'holders of anchors',
      `x-node: &n { user: ops }\n${base}nodes:\n  - { <<: *n, address: a, role: [controlplane, etcd, worker] }\n`,
    ],
  ])('%s', (_what, text) => {
    expect(mistakesIn(text)).toEqual([]);
  });

  it('warns about keys that RKE v1 has ignored for years, and continues', () => {
    const loaded = loadCluster(
      `${base}${nodes}authentication: { options: {} }\nsystem_images: { wave_node: x }\n`,
      { catalog },
    );
    expect(loaded).toMatchObject({
      ok: true,
      value: { authentication: { strategy: 'x509' } },
      warnings: [
        { code: 'retired-key', path: 'authentication.options' },
        { code: 'retired-key', path: 'system_images.wave_node' },
      ],
    });
    expect(JSON.stringify(loaded)).not.toContain('waveNode');
  });

  it('refuses the plugin of AWS for another registry only for a change, and not if the cluster already runs with it', () => {
    const text = `${base}${nodes}private_registries: [{ url: reg.example, ecr_credential_plugin: {} }]\n`;
    const looked = loadCluster(text, { catalog });
    expect(looked).toMatchObject({ ok: true, warnings: [{ code: 'bad-registry' }] });
    expect(loadCluster(text, { catalog, forChange: true }).ok).toBe(false);
    const running = looked.ok ? looked.value : undefined;
    expect(loadCluster(text, { catalog, forChange: true, running }).ok).toBe(true);
    const named = text.replace('ecr_cred', 'user: me, ecr_cred');
    expect(loadCluster(named, { catalog, forChange: true })).toMatchObject({ ok: true, warnings: [] });
  });

  it.each([
    [2, '2 etcd members tolerate no failure, the same as 1; use an odd number'],
    [4, '4 etcd members tolerate 1 failure, the same as 3; use an odd number'],
    [6, '6 etcd members tolerate 2 failures, the same as 5; use an odd number'],
  ])('warns about %i etcd members, and continues', (members, message) => {
    const others = Array.from(
      { length: members - 1 },
      (_, n) => `  - { address: 10.0.0.${12 + n}, user: ops, role: [etcd] }\n`,
    );
    const loaded = loadCluster(`${base}${nodes}${others.join('')}`, { catalog });
    expect(loaded).toMatchObject({ ok: true, warnings: [{ code: 'even-etcd', message }] });
  });
});

describe('an upgrade that skips a minor version, and a downgrade', () => {
  const running = (version: string): ClusterSpec => {
    const loaded = loadCluster(`${base}${nodes}kubernetes_version: ${version}\n`, { catalog });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
    return loaded.value;
  };

  it.each([
    ['v1.28.14-rancher1-1', 'v1.30.4-rancher1-1', /upgrade one minor version at a time, v1\.29 first/],
    ['v1.30.4-rancher1-1', 'v1.29.9-rancher1-1', /cannot be downgraded to an older minor version/],
  ])('are refused from %s to %s', (from, to, told) => {
    const text = `${base}${nodes}kubernetes_version: ${to}\n`;
    const loaded = loadCluster(text, { catalog, running: running(from) });
    expect(loaded).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'version-skew', position: { line: 5 } }],
    });
    expect(loaded.ok ? '' : loaded.diagnostics[0]?.message).toMatch(told);
  });

  it.each([
    ['v1.29.9-rancher1-1', 'v1.30.4-rancher1-1'],
    ['v1.30.5-rancher1-1', 'v1.30.4-rancher1-1'],
  ])('are not what happens from %s to %s', (from, to) => {
    const text = `${base}${nodes}kubernetes_version: ${to}\n`;
    expect(loadCluster(text, { catalog, running: running(from) })).toMatchObject({ ok: true });
  });
});

describe('one mistake is reported once', () => {
  it.each([
    [
      'a misspelled network plugin',
      `ingress: { provider: none }\nnetwork: { plugin: flanel }\n${nodes}`,
      ['network.plugin'],
    ],
    ['no nodes', base, ['nodes']],
    [
      'no control plane',
      `${base}nodes:\n  - { address: 10.0.0.1, user: ops, role: [etcd, worker] }\n`,
      ['nodes'],
    ],
    [
      'an invalid role',
      `${base}nodes:\n  - { address: 10.0.0.1, user: ops, role: master }\n`,
      ['nodes[0].role'],
    ],
    ['an incomplete version', `${base}${nodes}kubernetes_version: "1.30"\n`, ['kubernetes_version']],
  ])('with %s', (_mistake, text, paths) => {
    const loaded = loadCluster(text, { catalog, forChange: true });
    expect(loaded.ok ? [] : loaded.diagnostics.map(({ path }) => path)).toEqual(paths);
  });
});
