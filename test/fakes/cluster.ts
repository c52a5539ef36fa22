import type { NodeSpec, Role } from '../../src/config/cluster-spec.js';
import type { DockerFacts, ObservedContainer } from '../../src/host/host.js';
import { recordOf } from '../../src/plan/addons/addon-record.js';
import type {
  AddonPlan,
  ClusterPlan,
  ContainerSpec,
  KubeObject,
  NodePlan,
} from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster, ObservedHost } from '../../src/reconcile/observed.js';
import { hash } from '../../src/core/stable.js';
import { observedUserAddons } from './user-addons.js';

/** A plan with the shape of a real one, small enough to read in a failing test. */
export function samplePlan(roles: readonly (readonly Role[])[]): ClusterPlan {
  return {
    nodes: roles.map((role, index) => sampleNode(`10.0.0.${index + 1}`, role)),
    addons: [sampleAddon],
  };
}

const sampleAddon: AddonPlan = {
  name: 'rke-coredns-addon',
  objects: [
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'coredns', namespace: 'kube-system' } },
  ],
  awaits: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'kube-system', name: 'coredns' }],
};

function sampleNode(address: string, role: readonly Role[]): NodePlan {
  const node: NodeSpec = {
    address,
    port: '22',
    internalAddress: address,
    hostnameOverride: address,
    role,
    user: 'rke',
  };
  const names = [
    ...(role.includes('etcd') ? ['etcd'] : []),
    'service-sidekick',
    ...(role.includes('controlplane')
      ? ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
      : ['nginx-proxy']),
    'kubelet',
    'kube-proxy',
  ];
  return {
    node,
    prefixPath: '/',
    containers: names.map(sampleContainer),
    files: [{ path: '/etc/kubernetes/ssl/kube-ca.pem', content: 'pem', mode: 0o600, uid: 0, gid: 0 }],
    directories: [],
    portChecks: [],
    images: ['tools', 'image'],
    labels: Object.fromEntries(role.map((name) => [`node-role.kubernetes.io/${name}`, 'true'])),
    labelsRemoved: [],
    annotations: { 'rke.cattle.io/external-ip': address },
    taints: [],
    taintsRemoved: [],
    identity: { hostname: address },
  };
}

export function sampleContainer(name: string): ContainerSpec {
  const hasHealth = !['service-sidekick', 'nginx-proxy'].includes(name);
  return {
    name,
    image: 'image',
    entrypoint: [name, '--v=2'],
    cmd: [],
    env: [],
    binds: ['/etc/kubernetes:/etc/kubernetes'],
    volumesFrom: name.startsWith('kube') ? ['service-sidekick'] : [],
    networkMode: 'host',
    privileged: false,
    labels: {},
    securityOpt: [],
    started: name !== 'service-sidekick',
    ...(hasHealth ? { healthCheck: { url: `https://localhost/${name}` } } : {}),
  };
}

export const sampleFacts: DockerFacts = {
  version: '20.10.24',
  apiVersion: '1.41',
  rootDir: '/var/lib/docker',
  osType: 'linux',
  operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  architecture: 'x86_64',
  cgroupDriver: 'cgroupfs',
  cgroupVersion: '1',
  securityOptions: [],
  hostname: 'host',
};

/** The plan with what a snapshot of etcd is taken by on its etcd hosts; the image of it is `tools`. */
export function withSnapshots(plan: ClusterPlan): ClusterPlan {
  const container = { ...sampleContainer('etcd-snapshot-once'), image: 'tools', cmd: ['save', '--once'] };
  const nodes = plan.nodes.map((node) =>
    node.node.role.includes('etcd') ? { ...node, snapshot: { container, timeoutSeconds: 300 } } : node,
  );
  return { ...plan, nodes };
}

/** The observation after the plan was carried out completely. */
export function observedFrom(plan: ClusterPlan): ObservedCluster {
  return {
    hosts: new Map(plan.nodes.map((node) => [node.node.address, observedHost(node)])),
    kube: {
      nodes: new Map(plan.nodes.map((node) => [node.node.hostnameOverride, observedNode(node)])),
      addons: new Map(plan.addons.map((addon) => [addon.name, recordOf(addon)])),
      unavailableAddons: new Set(),
      ...(plan.userAddons === undefined ? {} : { userAddons: observedUserAddons(plan.userAddons) }),
    },
  };
}

/** Hosts on which nothing has ever run. */
export function observedEmpty(plan: ClusterPlan): ObservedCluster {
  const empty: ObservedHost = {
    facts: sampleFacts,
    containers: new Map(),
    leftovers: [],
    runningLeftovers: new Set(),
    foreign: [],
    images: new Map(),
    listening: new Set(),
    files: undefined,
  };
  return { hosts: new Map(plan.nodes.map(({ node }) => [node.address, empty])), kube: undefined };
}

function observedHost(node: NodePlan): ObservedHost {
  return {
    facts: sampleFacts,
    containers: new Map(node.containers.map((container) => [container.name, observedContainer(container)])),
    leftovers: [],
    runningLeftovers: new Set(),
    foreign: [],
    listening: new Set(),
    images: new Map(node.images.map((image) => [image, { id: image, env: ['PATH=/bin'] }])),
    files: new Map(
      node.files.map(({ path, content, ...rest }) => [path, { sha256: hash('sha256', content), ...rest }]),
    ),
  };
}

export function observedContainer(container: ContainerSpec): ObservedContainer {
  return {
    id: container.name,
    name: container.name,
    image: container.image,
    entrypoint: container.entrypoint,
    cmd: container.cmd,
    env: ['PATH=/bin', ...container.env],
    binds: container.binds,
    securityOpt: container.securityOpt,
    user: container.user ?? '',
    running: container.started,
    restarting: false,
    restartCount: 0,
    exitCode: 0,
    error: '',
  };
}

function observedNode(node: NodePlan): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.node.hostnameOverride,
      labels: { ...node.labels, 'kubernetes.io/os': 'linux' },
      annotations: node.annotations,
    },
    spec: { taints: node.taints },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}
