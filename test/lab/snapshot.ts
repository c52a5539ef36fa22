/** Possible leftovers of a cluster on a host. Each list is sorted. */
export interface HostSnapshot {
  readonly containers: readonly string[];
  readonly volumes: readonly string[];
  readonly mounts: readonly string[];
  readonly links: readonly string[];
  readonly routes: readonly string[];
  readonly iptables: readonly string[];
  /** Sets of addresses that rules refer to. */
  readonly ipsets: readonly string[];
  /** Files and directories below the directories of a cluster. */
  readonly files: readonly string[];
}

/** The directories in which Kubernetes, its add-ons and RKE leave files. */
export const CLUSTER_DIRECTORIES = [
  ...['/etc/kubernetes', '/etc/cni', '/etc/ceph', '/opt/cni', '/opt/rke', '/opt/rke-tools', '/run/flannel'],
  ...['/run/calico', '/run/nodeagent', '/run/secrets/kubernetes.io', '/var/lib/cni', '/var/lib/calico'],
  ...[
    '/var/lib/etcd',
    '/var/log/calico',
    '/var/lib/kubelet',
    '/var/lib/rancher',
    '/var/log/containers',
    '/var/log/pods',
    '/var/log/kube-audit',
  ],
] as const;

const kinds = {
  container: 'containers',
  volume: 'volumes',
  mount: 'mounts',
  link: 'links',
  route: 'routes',
  iptables: 'iptables',
  ipset: 'ipsets',
  file: 'files',
} as const satisfies Record<string, keyof HostSnapshot>;

/** Reads the output of node/snapshot. */
export function parseSnapshot(text: string): HostSnapshot {
  const things = text.split('\n').map((line) => line.split('\t'));
  const of = (kind: keyof typeof kinds): string[] =>
    things
      .filter(([name]) => name === kind)
      .map(([, thing = '']) => thing)
      .sort();
  return {
    containers: of('container'),
    volumes: of('volume'),
    mounts: of('mount'),
    links: of('link'),
    routes: of('route'),
    iptables: of('iptables'),
    ipsets: of('ipset'),
    files: of('file'),
  };
}

/** The differences, one line each: `+ link cni0`, `- file /etc/cni`. Empty if nothing has changed. */
export function diffSnapshots(before: HostSnapshot, after: HostSnapshot): string[] {
  return Object.entries(kinds).flatMap(([kind, list]) => [
    ...missingIn(before[list], after[list]).map((thing) => `+ ${kind} ${thing}`),
    ...missingIn(after[list], before[list]).map((thing) => `- ${kind} ${thing}`),
  ]);
}

const missingIn = (list: readonly string[], things: readonly string[]): string[] =>
  things.filter((thing) => !list.includes(thing));
