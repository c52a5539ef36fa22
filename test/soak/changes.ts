/** What cluster.yml of the soak asks for: three nodes with all roles and a worker, as far as they are in the cluster. */
export interface Wanted {
  /** Hostnames of the nodes in the cluster. */
  readonly nodes: readonly string[];
  readonly version: string;
  /** Arguments of all kubelets and all API servers. */
  readonly maxPods: number;
  readonly maxRequests: number;
}

/** A change of cluster.yml, whose run is killed. */
export interface Change {
  readonly title: string;
  readonly apply: (wanted: Wanted) => Wanted;
}

export const [worker, member] = ['four', 'three'];

export const atStart: Wanted = {
  nodes: ['one', 'two', member, worker],
  version: 'v1.30.4-rancher1-1',
  maxPods: 110,
  maxRequests: 400,
};

const without = (wanted: Wanted, name: string): Wanted => ({
  ...wanted,
  nodes: wanted.nodes.filter((node) => node !== name),
});
const withNode = (wanted: Wanted, name: string): Wanted => ({
  ...wanted,
  nodes: atStart.nodes.filter((node) => node === name || wanted.nodes.includes(node)),
});

/** Changes that lead back to where they began, but for the arguments. */
const circle: readonly Change[] = [
  { title: `the worker ${worker} leaves`, apply: (wanted) => without(wanted, worker) },
  { title: `the worker ${worker} joins`, apply: (wanted) => withNode(wanted, worker) },
  {
    title: 'all kubelets get another argument',
    apply: (wanted) => ({ ...wanted, maxPods: wanted.maxPods + 1 }),
  },
  { title: `the etcd and control-plane node ${member} leaves`, apply: (wanted) => without(wanted, member) },
  { title: `the etcd and control-plane node ${member} joins`, apply: (wanted) => withNode(wanted, member) },
  {
    title: 'all API servers get another argument',
    apply: (wanted) => ({ ...wanted, maxRequests: wanted.maxRequests + 1 }),
  },
];

const upgrade: Change = {
  title: 'Kubernetes is upgraded',
  apply: (wanted) => ({ ...wanted, version: 'v1.31.1-rancher1-1' }),
};

/** One change for each run that is killed; the last ones are the upgrade, which there is only one of. */
export function listChanges(boundaries: number): Change[] {
  const upgrades = Math.ceil(boundaries / 6);
  return Array.from({ length: boundaries }, (_, index) =>
    index < boundaries - upgrades ? (circle[index % circle.length] ?? upgrade) : upgrade,
  );
}
