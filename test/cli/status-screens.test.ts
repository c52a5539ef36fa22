import { expect, it } from 'vitest';
import type { ClusterStatus, NodeStatus, UnreadCluster } from '../../src/commands/status/cluster-status.js';
import { formatStatus } from '../../src/cli/show/status-text.js';
import { formatStatuses } from '../../src/cli/show/statuses-text.js';
import { colourStyle, displayWidth, plainStyle } from '../../src/report/style.js';

const widths = [80, 100, 200] as const;

function node(name: string, more: Partial<NodeStatus> = {}): NodeStatus {
  return {
    name,
    address: `${name}.example.com`,
    roles: ['worker'],
    version: 'v1.31.1',
    ready: true,
    cordoned: false,
    pressure: [],
    state: 'in-cluster',
    host: 'reached',
    containers: { planned: 3, running: 3, faults: [], drift: [] },
    ...more,
  };
}

function withoutContainers({ containers, ...rest }: NodeStatus): NodeStatus {
  expect(containers).toBeDefined();
  return rest;
}

const planes = ['node-a', 'node-b', 'node-c'].map((name) =>
  node(name, {
    roles: ['controlplane', 'etcd', 'worker'],
    containers: { planned: 7, running: 7, faults: [], drift: [] },
  }),
);

const member = (name: string, state: 'leader' | 'follower' | 'down'): object => ({
  name: `etcd-${name}`,
  state,
  quotaBytes: 2 ** 31,
  alarms: [],
  peerUrl: '',
});

const healthy: ClusterStatus = {
  config: 'prod/cluster.yml',
  cluster: 'prod',
  kubernetesVersion: 'v1.31.1-rancher1-1',
  state: 'healthy',
  nodes: planes,
  etcd: {
    cluster: 'prod',
    hasQuorum: true,
    voters: 3,
    healthyVoters: 3,
    members: [member('node-a', 'leader'), member('node-b', 'follower'), member('node-c', 'follower')],
    problems: [],
    advice: [],
    snapshots: [],
  } as unknown as NonNullable<ClusterStatus['etcd']>,
  certificates: { name: 'kube-apiserver', expires: '2035-11-24T00:00:00.000Z', daysLeft: 3284 },
  backup: {
    name: '2026-11-26T18:00:00Z_etcd',
    ageSeconds: 9000,
    hosts: ['node-a.example.com', 'node-b.example.com', 'node-c.example.com'],
    inS3: true,
    verified: false,
    intervalSeconds: 43_200,
  },
  addons: ['rke-network-plugin', 'rke-coredns-addon', 'rke-metrics-addon'].map((name) => ({
    name,
    kind: 'system',
    state: 'up-to-date',
    troubles: [],
  })),
  pending: {
    hasChanges: false,
    summary: '',
    unfinished: [],
    destructive: [],
    unchanged: { containers: 24, files: 61, addons: 3 },
    problems: [],
  },
  findings: [],
  warnings: [],
};

const drift = [{ target: 'kubelet', action: 'replace', reason: '' }];
const workers = Array.from({ length: 297 }, (_, index) => node(`worker-${index + 1}`)).map((one, index) => {
  if (index === 7) return { ...one, cordoned: true };
  if (index === 8) return { ...one, ready: false, pressure: ['DiskPressure'] };
  if (index >= 280) return { ...one, containers: { planned: 3, running: 3, faults: [], drift } };
  return one;
});

const unreachable: NodeStatus = {
  ...withoutContainers(node('node-c', { roles: ['controlplane', 'etcd', 'worker'] })),
  host: 'unreachable',
  error: 'no answer to SSH',
};

const large: ClusterStatus = {
  ...healthy,
  state: 'attention',
  nodes: [...planes.slice(0, 2), unreachable, ...workers],
  pending: {
    ...(healthy.pending as NonNullable<ClusterStatus['pending']>),
    hasChanges: true,
    summary: '17 containers to replace',
  },
  findings: [
    { part: 'etcd', message: 'etcd-node-c: no answer: the host was not reached' },
    {
      part: 'host',
      subject: 'node-c',
      message: 'no answer to SSH (port 22, the default)',
      fix: 'check that the host is up and that the network lets SSH through',
    },
    {
      part: 'node',
      subject: 'worker-9',
      message: 'the node is not Ready',
      fix: 'check `rke logs kubelet --node worker-9`',
    },
    ...['worker-9', 'worker-10', 'worker-11'].map((subject) => ({
      part: 'container' as const,
      subject,
      message: 'container kube-proxy is restarting again and again (exit code 1)',
      fix: `check \`rke logs kube-proxy --node ${subject}\`; \`rke up\` repairs it`,
    })),
    {
      part: 'pending',
      message: 'rke up has changes to apply: 17 containers to replace',
      fix: 'read them with `rke plan`, apply them with `rke up`',
    },
  ],
  warnings: ['another run is working on the cluster: rke up by ops@laptop (pid 4711) since 2 minutes'],
};

const unread: UnreadCluster = {
  config: 'old/cluster.yml',
  errors: ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((host) => ({
    code: 'SSH_REFUSED',
    host,
    message: 'SSH connection refused (port 22, the default)',
  })),
};

const screens: readonly (readonly [string, (width: number | undefined) => string])[] = [
  ['status-3-nodes', (width) => formatStatus(healthy, { style: plainStyle, width })],
  ['status-300-nodes', (width) => formatStatus(large, { style: plainStyle, width })],
  [
    'status-3-clusters',
    (width) => formatStatuses([healthy, { ...large, cluster: 'test' }, unread], { style: plainStyle, width }),
  ],
];

it.each(screens.flatMap(([name, draw]) => widths.map((width) => [name, width, draw] as const)))(
  'the screen %s fits %d columns, and 300 nodes fit one screen',
  async (name, width, draw) => {
    const text = draw(width);
    await expect(text).toMatchFileSnapshot(`screens/${name}-${width}.txt`);
    const lines = text.split('\n');
    // A command is not broken, because it may be copied.
    expect(lines.filter((line) => displayWidth(line) > width && !/`.+`/.test(line))).toEqual([]);
    expect(lines.length).toBeLessThan(40);
  },
);

it('a pipe gets whole lines without colours, and a terminal the same text with colours', () => {
  const [, draw] = screens[1] as (typeof screens)[number];
  const escapes = /\u001b\[[0-9;]*m/g;
  expect(draw(undefined)).not.toMatch(escapes);
  expect(draw(undefined)).not.toContain('…\n');
  const coloured = formatStatus(large, { style: colourStyle, width: 100 });
  expect(coloured).toMatch(escapes);
  expect(coloured.replace(escapes, '')).toBe(draw(100));
});
