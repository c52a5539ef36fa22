import type { NodeSpec, Role } from '../../cluster-spec.js';
import type { Finding } from '../rule.js';
import { refuse, refuseValue, offerRestart, warnOf, type RunningCluster } from './running-cluster.js';

/**
 * Which nodes, roles and addresses may change. Nodes may be added and removed, the role etcd too, and the roles controlplane and
 * worker may be added; everything else leaves containers and objects behind that nothing manages. One control plane must stay, because
 * the nodes that leave are drained through its API, and one member of etcd, which has the data.
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
      return [
        ...refuseEtcd(place, before, cluster),
        ...refuseRemovedRoles(place, { before, started }, cluster),
      ];
    }),
    ...refuseLostEtcd(cluster),
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

/** Running nodes that have another address in the file, by the new address: those with the same name or internal address. */
function movedNodes(nodes: readonly NodeSpec[], running: readonly NodeSpec[]): Map<string, NodeSpec> {
  const missing = running.filter(({ address }) => nodeAt(nodes, address) === undefined);
  const moved = new Map<string, NodeSpec>();
  for (const node of nodes) {
    if (nodeAt(running, node.address) !== undefined) continue;
    const old =
      missing.find((other) => other.hostnameOverride === node.hostnameOverride) ??
      missing.find((other) => other.internalAddress === node.internalAddress);
    if (old !== undefined && ![...moved.values()].includes(old)) moved.set(node.address, old);
  }
  return moved;
}

function refuseMove({ node, path }: Place, old: NodeSpec, cluster: RunningCluster): Finding {
  const finding = refuseValue(
    { path: `${path}.address`, before: old.address, after: node.address },
    'certificates, etcd and the other nodes refer to a node by its address',
    cluster,
  );
  const how =
    'remove the node and run `rke up` while the old address works, then change the address and add the node';
  return withProcedure(finding, { what: 'to move the node', how, node: old }, cluster);
}

interface Procedure {
  readonly what: string;
  readonly how: string;
  readonly node: NodeSpec;
}

/** Adds how a node gets what cannot be changed in place: it leaves and joins again, when others have its roles. */
function withProcedure(
  finding: Finding,
  { what, how, node }: Procedure,
  { spec, running }: RunningCluster,
): Finding {
  const onlyHere = node.role.filter(
    (role) =>
      role !== 'worker' &&
      !running.nodes.some(
        ({ address, role: roles }) =>
          address !== node.address &&
          roles.includes(role) &&
          nodeAt(spec.nodes, address)?.role.includes(role) === true,
      ),
  );
  const first =
    onlyHere.length === 0
      ? ''
      : `add another node with the role ${onlyHere.join(' and ')} and run \`rke up\` first; then `;
  return { ...finding, message: `${finding.message}; ${what}, ${first}${how}` };
}

/** A cluster with an external etcd has no member that another one could join. */
function refuseEtcd({ node, path }: Place, before: NodeSpec | undefined, cluster: RunningCluster): Finding[] {
  if (!node.role.includes('etcd') || cluster.running.nodes.some(isMember)) return [];
  return [
    refuse(
      before === undefined ? path : `${path}.role`,
      `the role etcd cannot be given to ${node.address}: the cluster runs with an external etcd, and a member here would be a second, empty one`,
      `keep the external etcd${offerRestart(cluster)}`,
    ),
  ];
}

/** RKE v1 refuses this too (cluster/reconcile.go:171-180): it is usually the file of another cluster. */
function refuseLostEtcd(cluster: RunningCluster): Finding[] {
  const { spec, running } = cluster;
  const members = running.nodes.filter(isMember);
  const stays = members.some(({ address }) => isMember(nodeAt(spec.nodes, address)));
  if (members.length === 0 || stays) return [];
  return [
    refuse(
      'nodes',
      `no etcd member of the running cluster would stay (${members.map(({ address }) => address).join(', ')}): the others get the data from it`,
      `keep one of them; when \`rke up\` has added the new members, it can be removed${offerRestart(cluster)}`,
    ),
  ];
}

const isMember = (node: NodeSpec | undefined): boolean => node?.role.includes('etcd') === true;

const whyRoleStays: Readonly<Record<Exclude<Role, 'etcd'>, string>> = {
  controlplane: 'the proxies of all workers and the certificates would still refer to it',
  worker: 'all its pods would be evicted at once',
};

function refuseRemovedRoles(
  { node, path }: Place,
  { before, started }: { readonly before: NodeSpec | undefined; readonly started: NodeSpec | undefined },
  cluster: RunningCluster,
): Finding[] {
  const had = new Set([...(before?.role ?? []), ...(started?.role ?? [])]);
  return [...had]
    .filter((role) => role !== 'etcd')
    .filter((role) => !node.role.includes(role))
    .map((role) => {
      const instead =
        role === 'worker' ? '; to keep pods away, set `taints` or run `kubectl drain` on the node' : '';
      const finding = refuse(
        `${path}.role`,
        `the role ${role} cannot be removed from ${node.address}: ${whyRoleStays[role]}`,
        `add it again${instead}`,
      );
      const how = `remove the node, run \`rke up\`, then add it again with the role ${node.role.join(' and ')}`;
      return withProcedure(
        finding,
        { what: 'for other roles', how, node: { ...node, role: [...had] } },
        cluster,
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
      withProcedure(
        refuseValue({ ...value, isDefault: value.before === before.address }, why, cluster),
        {
          what: 'for another value',
          how: 'remove the node, run `rke up`, then add it again with the new value',
          node: before,
        },
        cluster,
      ),
    );
}

function refuseRemovedNodes(cluster: RunningCluster, moved: ReadonlySet<string>): Finding[] {
  const { spec, running } = cluster;
  return running.nodes
    .filter(({ address }) => nodeAt(spec.nodes, address) === undefined && !moved.has(address))
    .flatMap((node) => refuseRemoved(node, cluster));
}

/** Nodes that left the file and may leave the cluster, for a run that does not take them out of it. */
export function listLeft({ spec, running }: RunningCluster): Finding[] {
  return running.nodes
    .filter(({ address }) => nodeAt(spec.nodes, address) === undefined)
    .map(({ address }) => warnOf('nodes', `${address} is missing, and \`rke up\` removes it`));
}

function refuseRemoved({ address, role }: NodeSpec, cluster: RunningCluster): Finding[] {
  const { spec, running } = cluster;
  const add = `add it again with its roles (${role.join(', ')})`;
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

const nodeAt = (nodes: readonly NodeSpec[] | undefined, address: string): NodeSpec | undefined =>
  nodes?.find((node) => node.address === address);
