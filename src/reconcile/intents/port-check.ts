import type { Role } from '../../config/cluster-spec.js';
import type { ClusterPlan, NodePlan } from '../../plan/cluster-plan-types.js';
import { behind, withoutSatisfied } from '../order/graph.js';
import { pullId } from '../operation-ids.js';
import { removeId } from './leftovers.js';
import { listener, listenerNames } from '../diff/listeners.js';
import { isNewHost, type ObservedCluster, type ObservedHost } from '../observed.js';
import type { Operation, OperationPlan } from '../operations.js';
import type { PortTarget } from '../kinds/host-kinds.js';

/** Who must reach whom, and where (RKE cluster/network.go:783-1072). */
const matrix: readonly { readonly from: Role; readonly to: Role; readonly ports: readonly number[] }[] = [
  { from: 'etcd', to: 'etcd', ports: [2379, 2380] },
  { from: 'controlplane', to: 'etcd', ports: [2379] },
  { from: 'controlplane', to: 'worker', ports: [10250] },
  { from: 'worker', to: 'controlplane', ports: [6443] },
];

/**
 * Puts the port check before everything that changes a host: where a host is new, listeners take the place of what will
 * run there, every host tries to reach those it will need, and the listeners go again, whatever came out. Pairs of hosts
 * that are in the cluster already are not tried: what runs there shows that they reach each other.
 *
 * @returns the plan as it is where no host is new, or has no one to reach
 */
export function withPortCheck(
  planned: OperationPlan,
  plan: ClusterPlan,
  observed: ObservedCluster,
): OperationPlan {
  const reached = plan.nodes.flatMap((node) => {
    const host = observed.hosts.get(node.node.address);
    // The listener is a Linux program.
    return host === undefined || host.facts.osType === 'windows'
      ? []
      : [{ node, host, isNew: isNewHost(host) }];
  });
  const probes = reached.map((from) => ({ from: from.node.node.address, targets: targetsOf(from, reached) }));
  const pairs = probes.flatMap(({ from, targets }) => targets.map((target) => ({ from, ...target })));
  if (pairs.length === 0) return planned;
  const listening = reached.flatMap(({ node, isNew }) => {
    const address = node.node.address;
    const ports = sorted(pairs.filter(({ host }) => host === address).map(({ port }) => port));
    return isNew && ports.length > 0 ? [{ node, ports }] : [];
  });
  const starts = listening.map(({ node, ports }) => startListener(node, ports));
  const tries = probes.flatMap(({ from, targets }) =>
    targets.length === 0 ? [] : [probe(from, targets, starts)],
  );
  const stops = listening.map(({ node }) => stopListener(node, tries));
  const gate = [...tries, ...stops].map(({ id }) => id);
  return {
    ...planned,
    operations: withoutSatisfied([
      ...starts,
      ...tries,
      ...stops,
      ...behind(
        gate,
        planned.operations,
        starts.flatMap(({ after }) => after),
      ),
    ]),
  };
}

interface Reached {
  readonly node: NodePlan;
  readonly host: ObservedHost;
  readonly isNew: boolean;
}

function targetsOf(from: Reached, all: readonly Reached[]): PortTarget[] {
  const found = all
    // A firewall between a host and itself is nobody's.
    .filter((to) => to !== from && (to.isNew || from.isNew))
    .flatMap((to) =>
      matrix
        .filter((pair) => holds(from, pair.from) && holds(to, pair.to))
        .flatMap(({ to: role, ports }) => ports.map((port) => ({ role, port })))
        // In the cluster already, but down: it may not be judged.
        .filter(({ port }) => to.isNew || to.host.listening.has(port))
        .map(({ role, port }) => ({
          host: to.node.node.address,
          address: to.node.node.internalAddress,
          port,
          role,
        })),
    );
  return [...new Map(found.map((target) => [`${target.host} ${target.port}`, target])).values()];
}

function startListener(node: NodePlan, ports: readonly number[]): Operation {
  const host = node.node.address;
  const container = listener(node, ports);
  return {
    id: `listen@${host}`,
    stage: 'ports',
    title: `listen on ${ports.join(', ')}`,
    host,
    after: [pullId(container.image, host), ...listenerNames.map((name) => removeId(name, host))],
    kind: 'create-container',
    container,
  };
}

function probe(host: string, targets: readonly PortTarget[], starts: readonly Operation[]): Operation {
  return {
    id: `probe@${host}`,
    stage: 'ports',
    title: `reach ${targets.length} ${targets.length === 1 ? 'port' : 'ports'} of other hosts`,
    host,
    after: starts.filter((start) => targets.some((target) => target.host === start.host)).map(({ id }) => id),
    kind: 'probe-ports',
    targets,
  };
}

function stopListener(node: NodePlan, tries: readonly Operation[]): Operation {
  const host = node.node.address;
  return {
    id: `unlisten@${host}`,
    stage: 'ports',
    title: 'remove the listener',
    host,
    after: [
      `listen@${host}`,
      ...tries.filter(({ after }) => after.includes(`listen@${host}`)).map(({ id }) => id),
    ],
    always: true,
    kind: 'remove-container',
    name: listener(node, []).name,
  };
}

const holds = ({ node }: Reached, role: Role): boolean => node.node.role.includes(role);
const sorted = (ports: readonly number[]): number[] => [...new Set(ports)].sort((a, b) => a - b);
