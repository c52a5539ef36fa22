import type { NodeSpec, Role } from '../../cluster-spec.js';
import type { Finding } from '../rule.js';
import { refuse, refuseValue, startOver, warnOf, type RunningCluster } from './running-cluster.js';

/**
 * Which nodes, roles and addresses may change. Nodes that are no etcd members may be added, and the roles controlplane
 * and worker; everything else needs changes of etcd's membership, or leaves something behind that nobody looks after.
 */
export function nodeSetRules(cluster: RunningCluster): Finding[] {
  const { spec, running, begun } = cluster;
  const moved = movedNodes(spec.nodes, running.nodes);
  return [
    ...spec.nodes.flatMap((node, index) => {
      const old = moved.get(node.address);
      const place = { node, path: `nodes[${index}]` };
      if (old !== undefined) return [refuseMove(place, old, cluster)];
      const before = nodeAt(running.nodes, node.address);
      const started = nodeAt(begun?.nodes, node.address);
      return [...rolesAdded(place, before, cluster), ...rolesRemoved(place, before, started)];
    }),
    ...nodesRemoved(cluster, new Set([...moved.values()].map(({ address }) => address))),
  ];
}

/** What a node is called may not change. */
export function nodeIdentityRules(cluster: RunningCluster): Finding[] {
  const { spec, running, begun } = cluster;
  return spec.nodes.flatMap((node, index) => {
    const before = nodeAt(running.nodes, node.address) ?? nodeAt(begun?.nodes, node.address);
    return identity({ node, path: `nodes[${index}]` }, before, cluster);
  });
}

interface Place {
  readonly node: NodeSpec;
  readonly path: string;
}

/** Nodes of the file that stand for a running one with another address, by their new address. */
function movedNodes(nodes: readonly NodeSpec[], running: readonly NodeSpec[]): Map<string, NodeSpec> {
  const gone = running.filter(({ address }) => nodeAt(nodes, address) === undefined);
  const moved = new Map<string, NodeSpec>();
  for (const [index, node] of nodes.entries()) {
    if (nodeAt(running, node.address) !== undefined) continue;
    const old =
      gone.find((other) => other.hostnameOverride === node.hostnameOverride) ??
      gone.find((other) => other.internalAddress === node.internalAddress) ??
      gone.find((other) => other.address === running[index]?.address && sameRoles(other, node));
    if (old !== undefined && ![...moved.values()].includes(old)) moved.set(node.address, old);
  }
  return moved;
}

function refuseMove({ node, path }: Place, { address: before }: NodeSpec, cluster: RunningCluster): Finding {
  return refuseValue(
    { path: `${path}.address`, before, after: node.address },
    'a node is known by its address: certificates, etcd and the other nodes name it',
    cluster,
  );
}

function rolesAdded({ node, path }: Place, before: NodeSpec | undefined, cluster: RunningCluster): Finding[] {
  if (!node.role.includes('etcd') || before?.role.includes('etcd') === true) return [];
  const members = cluster.running.nodes
    .filter(({ role }) => role.includes('etcd'))
    .map(({ address }) => address);
  const what =
    before === undefined
      ? `${node.address} cannot join etcd`
      : `the role etcd cannot be added to ${node.address}`;
  return [
    refuse(
      before === undefined ? path : `${path}.role`,
      `${what}: members cannot be added to a running etcd yet, and would form a second, empty cluster`,
      members.length === 0
        ? `keep the external etcd${startOver(cluster)}`
        : `keep etcd on ${members.join(', ')}${before === undefined ? ' and give this host other roles' : ''}${startOver(cluster)}`,
    ),
  ];
}

const whyRoleStays: Readonly<Record<Role, string>> = {
  etcd: 'members cannot be removed from a running etcd yet, and this one would still count for its majority',
  controlplane: 'control planes cannot be removed yet, and this one would run on with the old settings',
  worker: 'all its pods would be evicted at once',
};

function rolesRemoved(
  { node, path }: Place,
  before: NodeSpec | undefined,
  started: NodeSpec | undefined,
): Finding[] {
  const had = new Set([...(before?.role ?? []), ...(started?.role ?? [])]);
  return [...had]
    .filter((role) => !node.role.includes(role))
    .map((role) => {
      const isRunning = before?.role.includes(role) === true;
      if (role === 'etcd' && !isRunning) return leftBehind(`${path}.role`, node.address);
      const instead =
        role === 'worker' ? ', and set `taints` to keep pods away, or `kubectl drain` the node' : '';
      return refuse(
        `${path}.role`,
        `the role ${role} cannot be removed from ${node.address}: ${whyRoleStays[role]}`,
        `add it again${instead}`,
      );
    });
}

function identity({ node, path }: Place, before: NodeSpec | undefined, cluster: RunningCluster): Finding[] {
  if (before === undefined) return [];
  const values = [
    {
      path: `${path}.hostname_override`,
      before: before.hostnameOverride,
      after: node.hostnameOverride,
      why: 'a node cannot be renamed: its old node object and its etcd member would stay behind',
    },
    {
      path: `${path}.internal_address`,
      before: before.internalAddress,
      after: node.internalAddress,
      why: 'the other nodes, certificates and the membership of etcd name that address',
    },
  ];
  return values
    .filter((value) => value.before !== value.after)
    .map(({ why, ...value }) => refuseValue(value, why, cluster));
}

function nodesRemoved(cluster: RunningCluster, moved: ReadonlySet<string>): Finding[] {
  const { spec, running, begun } = cluster;
  const isGone = ({ address }: NodeSpec): boolean =>
    nodeAt(spec.nodes, address) === undefined && !moved.has(address);
  const started = (begun?.nodes ?? []).filter(({ address }) => nodeAt(running.nodes, address) === undefined);
  return [
    ...running.nodes.filter(isGone).map((node) => removed(node, cluster)),
    ...started
      .filter(isGone)
      .map((node) =>
        node.role.includes('etcd') ? leftBehind('nodes', node.address) : removed(node, cluster),
      ),
  ];
}

function removed({ address, role }: NodeSpec, cluster: RunningCluster): Finding {
  const why = role.includes('etcd')
    ? 'it would run on as a member of etcd'
    : 'its containers would run on and its node object would stay';
  const down = role.every((one) => one === 'worker') ? '; a worker that is down does not stop a run' : '';
  return refuse(
    'nodes',
    `${address} is missing, and nodes cannot be removed from a running cluster yet: ${why}`,
    `add it again with its roles (${role.join(', ')})${down}${startOver(cluster)}`,
  );
}

/** An etcd member that an unfinished run of another program began to add: going back is the only way that helps. */
const leftBehind = (path: string, address: string): Finding =>
  warnOf(
    path,
    `an unfinished run began to add ${address} to etcd; it is left as it is, so remove its containers and /var/lib/etcd by hand before it joins again`,
  );

const nodeAt = (nodes: readonly NodeSpec[] | undefined, address: string): NodeSpec | undefined =>
  nodes?.find((node) => node.address === address);

const sameRoles = (one: NodeSpec, other: NodeSpec): boolean =>
  [...new Set(one.role)].sort().join() === [...new Set(other.role)].sort().join();
