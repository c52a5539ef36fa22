import type { NodeSpec, Role } from '../../cluster-spec.js';
import type { Finding } from '../rule.js';
import { refuse, refuseValue, offerRestart, warnOf, type RunningCluster } from './running-cluster.js';

/**
 * Which nodes, roles and addresses may change. Nodes without the role etcd may be added and removed, and the roles controlplane
 * and worker may be added; everything else needs a change of the etcd membership, or leaves containers and objects behind that
 * nothing manages. One control plane must stay: the nodes that leave are drained through its API.
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
      return [...refuseEtcd(place, before, cluster), ...refuseRemovedRoles(place, before, started)];
    }),
    ...refuseRemovedNodes(cluster, new Set([...moved.values()].map(({ address }) => address))),
  ];
}

/** Names and internal addresses of nodes may not change. */
export function nodeIdentityRules(cluster: RunningCluster): Finding[] {
  const { spec, running, begun } = cluster;
  return spec.nodes.flatMap((node, index) => {
    const before = nodeAt(running.nodes, node.address) ?? nodeAt(begun?.nodes, node.address);
    return checkIdentity({ node, path: `nodes[${index}]` }, before, cluster);
  });
}

interface Place {
  readonly node: NodeSpec;
  readonly path: string;
}

/**
 * Running nodes that have another address in the file, by the new address: those with the same name or internal address. Of an etcd
 * member the same place in the list is enough, because it would be lost; in place of another node, a new one is a replacement.
 */
function movedNodes(nodes: readonly NodeSpec[], running: readonly NodeSpec[]): Map<string, NodeSpec> {
  const missing = running.filter(({ address }) => nodeAt(nodes, address) === undefined);
  const moved = new Map<string, NodeSpec>();
  for (const [index, node] of nodes.entries()) {
    if (nodeAt(running, node.address) !== undefined) continue;
    const old =
      missing.find((other) => other.hostnameOverride === node.hostnameOverride) ??
      missing.find((other) => other.internalAddress === node.internalAddress) ??
      missing.find(
        (other) =>
          other.role.includes('etcd') && other.address === running[index]?.address && sameRoles(other, node),
      );
    if (old !== undefined && ![...moved.values()].includes(old)) moved.set(node.address, old);
  }
  return moved;
}

function refuseMove({ node, path }: Place, { address: before }: NodeSpec, cluster: RunningCluster): Finding {
  return refuseValue(
    { path: `${path}.address`, before, after: node.address },
    'certificates, etcd and the other nodes refer to a node by its address',
    cluster,
  );
}

function refuseEtcd({ node, path }: Place, before: NodeSpec | undefined, cluster: RunningCluster): Finding[] {
  if (!node.role.includes('etcd') || before?.role.includes('etcd') === true) return [];
  const members = cluster.running.nodes
    .filter(({ role }) => role.includes('etcd'))
    .map(({ address }) => address);
  const change =
    before === undefined
      ? `${node.address} cannot join etcd`
      : `the role etcd cannot be added to ${node.address}`;
  return [
    refuse(
      before === undefined ? path : `${path}.role`,
      `${change}: adding members to a running etcd is not yet supported, and the member would form a second, empty cluster`,
      members.length === 0
        ? `keep the external etcd${offerRestart(cluster)}`
        : `keep etcd on ${members.join(', ')}${before === undefined ? ' and give this host other roles' : ''}${offerRestart(cluster)}`,
    ),
  ];
}

const whyRoleStays: Readonly<Record<Role, string>> = {
  etcd: 'removing members from a running etcd is not yet supported, and this one would still count for its majority',
  controlplane:
    'removing control planes is not yet supported, and this one would keep running with the old settings',
  worker: 'all its pods would be evicted at once',
};

function refuseRemovedRoles(
  { node, path }: Place,
  before: NodeSpec | undefined,
  started: NodeSpec | undefined,
): Finding[] {
  const had = new Set([...(before?.role ?? []), ...(started?.role ?? [])]);
  return [...had]
    .filter((role) => !node.role.includes(role))
    .map((role) => {
      const isRunning = before?.role.includes(role) === true;
      if (role === 'etcd' && !isRunning) return warnOfStartedMember(`${path}.role`, node.address);
      const instead =
        role === 'worker' ? '; to keep pods away, set `taints` or run `kubectl drain` on the node' : '';
      return refuse(
        `${path}.role`,
        `the role ${role} cannot be removed from ${node.address}: ${whyRoleStays[role]}`,
        `add it again${instead}`,
      );
    });
}

/** Both keys default to the address, so a value that is the address was not necessarily written. */
function checkIdentity(
  { node, path }: Place,
  before: NodeSpec | undefined,
  cluster: RunningCluster,
): Finding[] {
  if (before === undefined) return [];
  const values = [
    {
      path: `${path}.hostname_override`,
      before: before.hostnameOverride,
      after: node.hostnameOverride,
      why: 'a node cannot be renamed: its old node object and its etcd member would remain',
    },
    {
      path: `${path}.internal_address`,
      before: before.internalAddress,
      after: node.internalAddress,
      why: 'certificates, the other nodes and the etcd membership contain the address',
    },
  ];
  return values
    .filter((value) => value.before !== value.after)
    .map(({ why, ...value }) =>
      refuseValue({ ...value, isDefault: value.before === before.address }, why, cluster),
    );
}

function refuseRemovedNodes(cluster: RunningCluster, moved: ReadonlySet<string>): Finding[] {
  const { spec, running, begun } = cluster;
  const isMissing = ({ address }: NodeSpec): boolean =>
    nodeAt(spec.nodes, address) === undefined && !moved.has(address);
  const started = (begun?.nodes ?? []).filter(({ address }) => nodeAt(running.nodes, address) === undefined);
  return [
    ...running.nodes.filter(isMissing).flatMap((node) => refuseRemoved(node, cluster)),
    ...started
      .filter((node) => isMissing(node) && node.role.includes('etcd'))
      .map((node) => warnOfStartedMember('nodes', node.address)),
  ];
}

/** Nodes that left the file and may leave the cluster, for a run that does not take them out of it. */
export function listLeft({ spec, running }: RunningCluster): Finding[] {
  return running.nodes
    .filter(({ address, role }) => nodeAt(spec.nodes, address) === undefined && !role.includes('etcd'))
    .map(({ address }) => warnOf('nodes', `${address} is missing, and \`rke up\` removes it`));
}

function refuseRemoved({ address, role }: NodeSpec, cluster: RunningCluster): Finding[] {
  const { spec, running } = cluster;
  const add = `add it again with its roles (${role.join(', ')})`;
  if (role.includes('etcd'))
    return [
      refuse(
        'nodes',
        `${address} is missing, and removing etcd members from a running cluster is not yet supported: it would keep running as one`,
        `${add}${offerRestart(cluster)}`,
      ),
    ];
  const controlPlanes = running.nodes.filter((node) => node.role.includes('controlplane'));
  const stays = controlPlanes.some(
    (node) => nodeAt(spec.nodes, node.address)?.role.includes('controlplane') === true,
  );
  if (stays || !role.includes('controlplane')) return [];
  return [
    refuse(
      'nodes',
      `${address} is missing, and no control plane of the running cluster would stay: nodes leave through its API`,
      `${add}; when \`rke up\` has added another control plane, it can be removed${offerRestart(cluster)}`,
    ),
  ];
}

/** An etcd member that an unfinished run of RKE v1 started to add: removing it from the file is the only way back. */
const warnOfStartedMember = (path: string, address: string): Finding =>
  warnOf(
    path,
    `an unfinished run started to add ${address} to etcd, and rke leaves that host as it is; on it, remove the containers and /var/lib/etcd by hand before it joins again`,
  );

const nodeAt = (nodes: readonly NodeSpec[] | undefined, address: string): NodeSpec | undefined =>
  nodes?.find((node) => node.address === address);

const sameRoles = (one: NodeSpec, other: NodeSpec): boolean =>
  [...new Set(one.role)].sort().join() === [...new Set(other.role)].sort().join();
