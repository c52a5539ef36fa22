import type { ClusterSpec, ServiceSpec, ServicesSpec } from '../../cluster-spec.js';
import type { Finding } from '../rule.js';
import type { Difference } from './differences.js';
import { normalizePath } from './path-rules.js';
import { refuseValue, type RunningCluster } from './running-cluster.js';

/** A flag that cannot change on a running cluster, whichever key sets it. */
interface FixedFlag {
  readonly why: string;
  /** Its value if `extra_args` does not set it; undefined if it depends on the host. */
  readonly builtIn?: (spec: ClusterSpec) => string;
}

const membership = 'etcd members identify each other by it';
const otherDatabase = 'members would start with an empty database';
const peers = 'members with the old and the new value could not reach each other';

/** Flags of etcd that determine its database and its cluster. */
const etcdFlags: readonly (readonly [flag: RegExp, why: string, builtIn?: string])[] = [
  [/^data-dir$/, otherDatabase, '/var/lib/rancher/etcd'],
  [/^wal-dir$/, otherDatabase],
  [/^name$/, membership],
  [/^initial-cluster-state$/, membership, 'new'],
  [/^initial-cluster-token$/, membership, 'etcd-cluster-1'],
  [/^initial-/, membership],
  [/^(listen-peer-urls|listen-client-urls|advertise-client-urls)$/, membership],
  [/^peer-/, peers],
  [/^force-new-cluster$/, 'each member would form its own cluster'],
  [/^(discovery|proxy)/, membership],
  [/^config-file$/, 'etcd would ignore all other flags'],
];

/** Why a flag of etcd, or the variable of the same name, cannot change. */
export function fixedEtcdFlag(flag: string): string | undefined {
  return etcdFlags.find(([pattern]) => pattern.test(flag))?.[1];
}

export const servicesWhy =
  'existing Services keep their addresses, one of which is in the certificate of kube-apiserver';
export const podsWhy = 'nodes keep their pod ranges, and pods their addresses';
export const domainWhy = 'running pods keep using the domain that they were started with';
export const dnsWhy = 'the DNS Service keeps its address, and running pods keep using it';
const renamed = 'a node cannot be renamed: its old node object would remain';

const flags: Readonly<Record<string, Readonly<Record<string, FixedFlag>>>> = {
  'kube-api': {
    'service-cluster-ip-range': {
      why: servicesWhy,
      builtIn: ({ services }) => services.kubeApi.serviceClusterIpRange,
    },
    'etcd-servers': { why: 'all objects of the cluster are in that etcd' },
    'etcd-prefix': { why: 'all objects of the cluster are under that prefix', builtIn: etcdPrefix },
    'etcd-servers-overrides': { why: 'objects of the cluster are in that etcd' },
  },
  'kube-controller': {
    'cluster-cidr': { why: podsWhy, builtIn: ({ services }) => services.kubeController.clusterCidr },
    'service-cluster-ip-range': {
      why: servicesWhy,
      builtIn: ({ services }) => services.kubeController.serviceClusterIpRange,
    },
    'node-cidr-mask-size': { why: podsWhy, builtIn: () => '24' },
    'node-cidr-mask-size-ipv4': { why: podsWhy },
    'node-cidr-mask-size-ipv6': { why: podsWhy },
    'allocate-node-cidrs': { why: podsWhy, builtIn: () => 'true' },
  },
  kubelet: {
    'cluster-dns': { why: dnsWhy, builtIn: ({ services }) => services.kubelet.clusterDnsServer },
    'cluster-domain': { why: domainWhy, builtIn: ({ services }) => services.kubelet.clusterDomain },
    'hostname-override': { why: renamed },
    'node-ip': { why: 'pods and other nodes reach the node at that address' },
    'root-dir': { why: 'volumes of running pods are in that directory' },
  },
  kubeproxy: {
    'cluster-cidr': { why: podsWhy, builtIn: ({ services }) => services.kubeController.clusterCidr },
    'hostname-override': { why: renamed },
  },
};

function etcdPrefix({ services }: ClusterSpec): string {
  return services.etcd.path === undefined || services.etcd.path === '' ? '/registry' : services.etcd.path;
}

const memberOf = {
  etcd: 'etcd',
  'kube-api': 'kubeApi',
  'kube-controller': 'kubeController',
  scheduler: 'scheduler',
  kubelet: 'kubelet',
  kubeproxy: 'kubeproxy',
} as const satisfies Readonly<Record<string, keyof ServicesSpec>>;

/** `extra_args` and `extra_args_array`: refused if the effective value of a fixed flag changes. */
export function judgeExtraArgs(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const service = (difference.key.split('.')[1] ?? '') as keyof typeof memberOf;
  const flag = flagName(difference.name ?? '', service);
  const fixed = fixedFlag(service, flag);
  if (fixed === undefined) return undefined;
  const effective = (spec: ClusterSpec): string | undefined =>
    userValue(spec.services[memberOf[service]], flag, service) ?? fixed.builtIn?.(spec);
  const [before, after] = [effective(cluster.running), effective(cluster.spec)];
  if (before !== undefined && after !== undefined && normalizePath(before) === normalizePath(after))
    return undefined;
  return refuseValue({ ...difference, before: before ?? difference.before, after }, fixed.why, cluster);
}

function fixedFlag(service: string, flag: string): FixedFlag | undefined {
  if (service !== 'etcd') return flags[service]?.[flag];
  const [, why, builtIn] = etcdFlags.find(([pattern]) => pattern.test(flag)) ?? [];
  return why === undefined
    ? undefined
    : { why, ...(builtIn === undefined ? {} : { builtIn: () => builtIn }) };
}

/** Kubernetes reads `_` as `-`, etcd does not. */
const flagName = (name: string, service: string): string =>
  service === 'etcd' ? name : name.replaceAll('_', '-');

/** The value that the user sets for a flag; values of the array come last on the command line. */
function userValue(
  { extraArgs = {}, extraArgsArray = {} }: ServiceSpec,
  flag: string,
  service: string,
): string | undefined {
  const values = [
    ...Object.entries(extraArgs).map(([name, value]) => [name, [value]] as const),
    ...Object.entries(extraArgsArray),
  ].flatMap(([name, all]) => (flagName(name, service) === flag ? all : []));
  return values.at(-1);
}
