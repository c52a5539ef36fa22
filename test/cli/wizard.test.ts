import { beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { askCluster } from '../../src/cli/wizard/ask-cluster.js';
import { chooseVersion } from '../../src/cli/wizard/choose-version.js';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import { fullFile, type FullFile } from '../../src/config/write/full-file.js';
import { parseConfig } from '../../src/config/schema/parse-config.js';
import { resolveCluster } from '../../src/config/resolve/resolve-cluster.js';
import type { VersionCatalog } from '../../src/versions/catalog.js';

let catalog: VersionCatalog;
beforeAll(async () => {
  catalog = await loadCatalog();
});

interface Talk {
  readonly answers: FullFile;
  readonly prompts: readonly string[];
  readonly told: readonly string[];
}

/** Runs the wizard on a script: answers in order, one per question. */
async function talk(script: readonly string[]): Promise<Talk> {
  const rest = [...script];
  const prompts: string[] = [];
  const told: string[] = [];
  const answers = await askCluster(
    {
      read: (prompt) => {
        prompts.push(prompt);
        return Promise.resolve(rest.shift());
      },
      print: (text) => void told.push(text),
    },
    catalog,
  );
  expect(rest).toEqual([]);
  return { answers, prompts, told };
}

const oneHost = ['', '', '10.0.0.11', ...Array<string>(19).fill('')];

describe('the questions of the wizard', () => {
  it('are those of RKE v1, in the same order, with the same defaults', async () => {
    const { prompts } = await talk(oneHost);
    expect(prompts).toEqual([
      '[+] Cluster Level SSH Private Key Path [~/.ssh/id_rsa]: ',
      '[+] Number of Hosts [1]: ',
      '[+] SSH Address of host (1) [none]: ',
      '[+] SSH Port of host (1) [22]: ',
      '[+] SSH Private Key Path of host (10.0.0.11) [none]: ',
      '[+] SSH Private Key of host (10.0.0.11) [none]: ',
      '[+] SSH User of host (10.0.0.11) [ubuntu]: ',
      '[+] Is host (10.0.0.11) a Control Plane host (y/n)? [y]: ',
      '[+] Is host (10.0.0.11) a Worker host (y/n)? [n]: ',
      '[+] Is host (10.0.0.11) an etcd host (y/n)? [n]: ',
      '[+] Override Hostname of host (10.0.0.11) [none]: ',
      '[+] Internal IP of host (10.0.0.11) [none]: ',
      '[+] Docker socket path on host (10.0.0.11) [/var/run/docker.sock]: ',
      '[+] Network Plugin Type (flannel, calico, weave, canal, aci) [canal]: ',
      '[+] Authentication Strategy [x509]: ',
      '[+] Authorization Mode (rbac, none) [rbac]: ',
      '[+] Kubernetes Docker image [rancher/hyperkube:v1.30.5-rancher1]: ',
      '[+] Cluster domain [cluster.local]: ',
      '[+] Service Cluster IP Range [10.43.0.0/16]: ',
      '[+] Cluster Network CIDR [10.42.0.0/16]: ',
      '[+] Cluster DNS Service IP [10.43.0.10]: ',
      '[+] Add addon manifest URLs or YAML files [no]: ',
    ]);
  });

  it('are repeated for each host, and ask for a private key only without a key path', async () => {
    const host = (address: string): string[] => [address, '', '~/k', '', '', '', '', '', '', ''];
    const { prompts, told } = await talk(['', '2', ...host('a'), ...host('b'), ...Array<string>(9).fill('')]);
    expect(prompts.filter((prompt) => prompt.includes('SSH User'))).toHaveLength(2);
    expect(prompts.filter((prompt) => prompt.includes('SSH Private Key of'))).toEqual([]);
    expect(told).toEqual([]);
  });

  it('are repeated for add-ons until the answer is no', async () => {
    const { answers, prompts } = await talk([
      ...oneHost.slice(0, -1),
      'y',
      'a.yml',
      'Y',
      'https://b/c.yml',
      'n',
    ]);
    expect(answers.addonsInclude).toEqual(['a.yml', 'https://b/c.yml']);
    expect(prompts.slice(-4)).toEqual([
      '[+] Enter the Path or URL for the manifest [none]: ',
      '[+] Add another addon [no]: ',
      '[+] Enter the Path or URL for the manifest [none]: ',
      '[+] Add another addon [no]: ',
    ]);
  });
});

describe('an answer to the wizard', () => {
  /** The one-host script with other answers at some places (1 is the first question). */
  const withAnswers = (at: number, ...answers: readonly string[]): string[] => [
    ...oneHost.slice(0, at - 1),
    ...answers,
    ...oneHost.slice(at),
  ];

  it.each([
    ['a word as the number of hosts', 2, 'two', /invalid value "two"; expected an integer/],
    ['0 as the number of hosts', 2, '0', /invalid value "0"; expected an integer/],
    ['an empty address', 3, ' ', /an address is required/],
    ['a port over 65535', 4, '70000', /invalid value "70000"; expected an integer from 1 to 65535/],
    ['another answer than y or n', 8, 'maybe', /y or n/],
    ['an unknown network plugin', 14, 'cannal', /invalid value "cannal"; expected one of flannel, /],
    ['an unknown authorization mode', 16, 'abac', /invalid value "abac"; expected one of rbac, none/],
    ['an incomplete CIDR', 19, '10.43', /invalid CIDR "10\.43"/],
    ['a name as an IP address', 21, 'dns', /invalid IP address "dns"/],
    ['none instead of no', 22, 'none', /y or n/],
  ])('is asked for again if it is invalid: %s', async (_what, at, wrong, message) => {
    const right = oneHost[at - 1] ?? '';
    const { told, prompts } = await talk(withAnswers(at, wrong, right));
    expect(
      told.some((text) => message.test(text)),
      told.join(),
    ).toBe(true);
    expect(prompts).toHaveLength(oneHost.length + 1);
  });

  it('is stored without leading and trailing spaces', async () => {
    expect((await talk(withAnswers(18, '  k8s.local '))).answers.clusterDomain).toBe('k8s.local');
  });

  it('ends the wizard with exit code 2 if the input ends instead', async () => {
    await expect(talk(['', '1', '10.0.0.11'])).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe('the Kubernetes image given to the wizard', () => {
  it.each([
    ['rancher/hyperkube:v1.30.5-rancher1', 'v1.30.5-rancher1-1', {}],
    ['rancher/hyperkube:v1.29.9-rancher1', 'v1.29.9-rancher1-1', {}],
    ['v1.28.14-rancher1-1', 'v1.28.14-rancher1-1', {}],
    [
      'registry.local/hyperkube:v1.30.5',
      'v1.30.5-rancher1-1',
      { kubernetes: 'registry.local/hyperkube:v1.30.5' },
    ],
  ])('%s sets the version %s', (answer, kubernetesVersion, systemImages) => {
    expect(chooseVersion(answer, catalog)).toEqual({ kubernetesVersion, systemImages });
  });
});

describe('the file written by the wizard', () => {
  it('describes the same cluster as the answers', async () => {
    const { answers } = await talk([
      ...['~/.ssh/cluster', '2'],
      ...[
        '10.0.0.11',
        '2222',
        '~/.ssh/one',
        'ops',
        'y',
        'n',
        'y',
        'Head',
        '192.168.0.11',
        '/run/docker.sock',
      ],
      ...['10.0.0.12', '', '', '', '', 'n', 'y', 'n', '', '', ''],
      ...['flannel', '', '', 'v1.29.9-rancher1-1', 'k8s.local', '10.53.0.0/16', '10.52.0.0/16', '10.53.0.10'],
      ...['yes', 'addons/*.yml', ''],
    ]);
    expect(resolved(fullFile(answers))).toEqual(
      resolved(`
nodes:
  - address: 10.0.0.11
    port: 2222
    user: ops
    role: [controlplane, etcd]
    hostname_override: Head
    internal_address: 192.168.0.11
    docker_socket: /run/docker.sock
    ssh_key_path: ~/.ssh/one
  - { address: 10.0.0.12, user: ubuntu, role: [worker], docker_socket: /var/run/docker.sock }
ssh_key_path: ~/.ssh/cluster
kubernetes_version: v1.29.9-rancher1-1
network: { plugin: flannel }
services:
  kube-api: { service_cluster_ip_range: 10.53.0.0/16 }
  kube-controller: { service_cluster_ip_range: 10.53.0.0/16, cluster_cidr: 10.52.0.0/16 }
  kubelet: { cluster_domain: k8s.local, cluster_dns_server: 10.53.0.10 }
addons_include: [ "addons/*.yml" ]
`),
    );
  });

  it('describes the same cluster as a minimal file if all answers are defaults', async () => {
    const { answers } = await talk(oneHost);
    expect(resolved(fullFile(answers))).toEqual(
      resolved(
        'nodes: [{ address: 10.0.0.11, user: ubuntu, role: [controlplane], docker_socket: /var/run/docker.sock }]\n',
      ),
    );
  });

  it('quotes strings that YAML would read as another type', async () => {
    const script = oneHost.map((answer, index) => (index === 6 ? 'no' : index === 10 ? '007' : answer));
    const { answers } = await talk(script);
    expect(resolved(fullFile(answers))).toMatchObject({ nodes: [{ user: 'no', hostnameOverride: '007' }] });
  });
});

/** The cluster that a file means, without what is empty: RKE keeps the empty parts of a full file. */
function resolved(text: string): unknown {
  const parsed = parseConfig(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  expect(parsed.value.diagnostics).toEqual([]);
  return withoutEmpty(resolveCluster(parsed.value.config, catalog) satisfies ClusterSpec);
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([key, member]): [string, unknown][] => {
    const rest = withoutEmpty(member);
    return isEmpty(rest) ? [] : [[key, rest]];
  });
  return Object.fromEntries(kept);
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return [undefined, null, '', 0, false].includes(value as never);
}
