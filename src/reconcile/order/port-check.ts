import type { Role } from '../../config/cluster-spec.js';
import { ports } from '../../core/ports.js';
import type { ClusterPlan, NodePlan } from '../../plan/cluster-plan-types.js';
import { listener, listenerNames } from '../diff/listeners.js';
import type { PortTarget } from '../kinds/host-kinds.js';
import { isNewHost, type ObservedCluster, type ObservedHost } from '../observed.js';
import { pullId, removeId } from '../operation-ids.js';
import type { Operation, OperationId, OperationPlan } from '../operations.js';
import { createMilestone, holdBehind, pruneSatisfiedDependencies } from './graph.js';

/** Who must reach whom, and at which ports (RKE cluster/network.go:783-1072). */
export const portMatrix: readonly {
  readonly from: Role;
  readonly to: Role;
  readonly ports: readonly number[];
}[] = [
  { from: 'etcd', to: 'etcd', ports: [ports.etcdClient, ports.etcdPeer] },
  { from: 'controlplane', to: 'etcd', ports: [ports.etcdClient] },
  { from: 'controlplane', to: 'worker', ports: [ports.kubelet] },
  { from: 'worker', to: 'controlplane', ports: [ports.kubeApi] },
];

/** Reached when every probe has succeeded and every listener is removed. */
const portsChecked = 'ports';

/**
 * Puts the port check before everything that changes a host: a new host gets listeners in place of what will run there, every
 * host tries to reach those that it will need, and the listeners are removed, whatever the outcome. Pairs of hosts that are
 * both in the cluster are not tried: what runs there shows that they reach each other.
 *
 * @returns the plan unchanged if no host is new, or none has anyone to reach
 */
export function addPortCheck(
  planned: OperationPlan,
  plan: ClusterPlan,
  observed: ObservedCluster,
): OperationPlan {
  const candidates = plan.nodes.flatMap((node, index): Candidate[] => {
    const host = observed.hosts.get(node.node.address);
    // The listener is a Linux program.
    if (host === undefined || host.facts.osType === 'windows') return [];
    return [{ index, node, host, address: node.node.address, isNew: isNewHost(host) }];
  });
  const byRole = groupByRole(candidates);
  const probing = candidates.flatMap((from) => {
    const targets = targetsOf(from, byRole);
    return targets.length === 0 ? [] : [{ from: from.address, targets }];
  });
  if (probing.length === 0) return planned;
  const asked = groupByTarget(probing);
  const listening = candidates.filter(({ isNew, address }) => isNew && asked.has(address));
  const starts = listening.map(({ node, address }) => startListener(node, asked.get(address)?.ports ?? []));
  const startIds = new Set(starts.map(({ id }) => id));
  const tries = probing.map(({ from, targets }) => probe(from, targets, startIds));
  const stops = listening.map(({ node, address }) => stopListener(node, asked.get(address)?.probes ?? []));
  const checked = createMilestone(
    portsChecked,
    'ports',
    [...tries, ...stops].map(({ id }) => id),
  );
  const early = starts.flatMap(({ after }) => after);
  return {
    ...planned,
    operations: pruneSatisfiedDependencies([
      ...starts,
      ...tries,
      ...stops,
      checked,
      ...holdBehind(checked.id, planned.operations, early),
    ]),
  };
}

/** A host that takes part in the check. */
interface Candidate {
  /** Its place in cluster.yml. */
  readonly index: number;
  readonly node: NodePlan;
  readonly host: ObservedHost;
  readonly address: string;
  readonly isNew: boolean;
}

function groupByRole(candidates: readonly Candidate[]): ReadonlyMap<Role, readonly Candidate[]> {
  const roles = ['etcd', 'controlplane', 'worker'] as const;
  return new Map(roles.map((role) => [role, candidates.filter((one) => hasRole(one, role))]));
}

/** What a host must reach, each port once, in the order of cluster.yml. */
function targetsOf(from: Candidate, byRole: ReadonlyMap<Role, readonly Candidate[]>): PortTarget[] {
  const pairs = portMatrix.filter((pair) => hasRole(from, pair.from));
  const others = new Set(pairs.flatMap(({ to }) => byRole.get(to) ?? []));
  const found = [...others]
    // A host always reaches itself.
    .filter((to) => to !== from && (to.isNew || from.isNew))
    .sort((a, b) => a.index - b.index)
    .flatMap((to) =>
      pairs
        .filter((pair) => hasRole(to, pair.to))
        .flatMap(({ to: role, ports: numbers }) => numbers.map((port) => ({ role, port })))
        // In the cluster already, but down: it is not judged.
        .filter(({ port }) => to.isNew || to.host.listening.has(port))
        .map(({ role, port }) => ({
          host: to.address,
          address: to.node.node.internalAddress,
          port,
          role,
        })),
    );
  return [...new Map(found.map((target) => [`${target.host} ${target.port}`, target])).values()];
}

/** By address: the ports that are tried there, and the operations that try them. */
function groupByTarget(
  probing: readonly { readonly from: string; readonly targets: readonly PortTarget[] }[],
): ReadonlyMap<string, { readonly ports: readonly number[]; readonly probes: readonly OperationId[] }> {
  const found = new Map<string, { ports: Set<number>; probes: Set<OperationId> }>();
  for (const { from, targets } of probing)
    for (const { host, port } of targets) {
      const entry = found.get(host) ?? { ports: new Set<number>(), probes: new Set<OperationId>() };
      entry.ports.add(port);
      entry.probes.add(probeId(from));
      found.set(host, entry);
    }
  return new Map(
    [...found].map(([host, entry]) => [
      host,
      { ports: [...entry.ports].sort((a, b) => a - b), probes: [...entry.probes] },
    ]),
  );
}

const listenId = (host: string): OperationId => `listen@${host}`;
const probeId = (host: string): OperationId => `probe@${host}`;

function startListener(node: NodePlan, numbers: readonly number[]): Operation {
  const host = node.node.address;
  const container = listener(node, numbers);
  return {
    id: listenId(host),
    stage: 'ports',
    title: `listen on ${numbers.join(', ')}`,
    host,
    after: [pullId(container.image, host), ...listenerNames.map((name) => removeId(name, host))],
    kind: 'create-container',
    container,
  };
}

function probe(host: string, targets: readonly PortTarget[], starts: ReadonlySet<OperationId>): Operation {
  const listens = new Set(targets.map((target) => listenId(target.host)));
  return {
    id: probeId(host),
    stage: 'ports',
    title: `check ${targets.length} ${targets.length === 1 ? 'port' : 'ports'} of other hosts`,
    host,
    after: [...listens].filter((id) => starts.has(id)),
    kind: 'probe-ports',
    targets,
  };
}

function stopListener(node: NodePlan, probes: readonly OperationId[]): Operation {
  const host = node.node.address;
  return {
    id: `unlisten@${host}`,
    stage: 'ports',
    title: 'remove the listener',
    host,
    after: [listenId(host), ...probes],
    always: true,
    kind: 'remove-container',
    name: listener(node, []).name,
  };
}

const hasRole = ({ node }: Candidate, role: Role): boolean => node.node.role.includes(role);
