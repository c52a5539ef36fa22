import type { Role } from '../../src/config/cluster-spec.js';
import type { ObservedContainer } from '../../src/host/host.js';
import type { ClusterPlan, NodePlan } from '../../src/plan/cluster-plan-types.js';
import type { Rollout } from '../../src/reconcile/diff/file-readers.js';
import type { ObservedCluster, ObservedHost } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { expandTurns } from '../fakes/turn-order.js';
import { planUp } from '../../src/reconcile/plan-up.js';

export const everything: Role[] = ['controlplane', 'etcd', 'worker'];
export const address = (index: number): string => `10.0.0.${index}`;

export function up(plan: ClusterPlan, observed: ObservedCluster, rollout?: Rollout): readonly Operation[] {
  return planUp(plan, observed, { addonTimeoutSeconds: 45, rollout }).operations;
}

/** A container that the hosts have otherwise than planned. */
export function changed(plan: ClusterPlan, names: readonly string[], image?: string): ClusterPlan {
  const nodes = plan.nodes.map((node): NodePlan => ({
    ...node,
    containers: node.containers.map((one) =>
      names.includes(one.name) || (image !== undefined && one.name.startsWith('kube'))
        ? { ...one, image: image ?? one.image, entrypoint: [...one.entrypoint, '--new=1'] }
        : one,
    ),
    images: [...node.images, ...(image === undefined ? [] : [image])],
  }));
  return { ...plan, nodes };
}

export function onHost(
  observed: ObservedCluster,
  index: number,
  change: (host: ObservedHost) => Partial<ObservedHost>,
): ObservedCluster {
  const host = observed.hosts.get(address(index));
  if (host === undefined) throw new Error(`the sample has no host ${index}`);
  return { ...observed, hosts: new Map([...observed.hosts, [address(index), { ...host, ...change(host) }]]) };
}

export function found(
  observed: ObservedCluster,
  index: number,
  name: string,
  state: Partial<ObservedContainer>,
): ObservedCluster {
  return onHost(observed, index, ({ containers }) => {
    const container = containers.get(name);
    if (container === undefined) throw new Error(`the sample has no ${name} on host ${index}`);
    return { containers: new Map([...containers, [name, { ...container, ...state }]]) };
  });
}

export const unhealthy = (observed: ObservedCluster, index: number, name: string): ObservedCluster =>
  onHost(observed, index, ({ unhealthy: before = new Map<string, string>() }) => ({
    unhealthy: new Map([...before, [name, 'answers 500']]),
  }));

export const brief = (operations: readonly Operation[]): string[] =>
  operations.map(({ id, kind }) => `${id} ${kind}`);

/** Everything that is certain to be over when an operation starts. */
export function before(id: string, operations: readonly Operation[]): Set<string> {
  const byId = new Map(expandTurns(operations).map((operation) => [operation.id, operation]));
  const seen = new Set<string>();
  const visit = (current: string): void => {
    for (const one of byId.get(current)?.after ?? []) {
      if (seen.has(one)) continue;
      seen.add(one);
      visit(one);
    }
  };
  visit(id);
  return seen;
}
