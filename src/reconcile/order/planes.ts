import { conditionOf, type Condition } from '../diff/condition.js';
import { isRestartedTogether, type Rollout } from '../diff/file-readers.js';
import { checkOf } from '../intents/health-waits.js';
import { isJoining, type MembershipChanges } from '../membership/plan-membership.js';
import type { ReachedHost } from '../intents/host-operations.js';
import type { ContainerCheck } from '../kinds/wait-kinds.js';
import type { Operation, OperationId } from '../operations.js';

/** The planes in their order. Members of one rely on each other, or others rely on them together. */
export const planes = ['etcd', 'controlplane', 'worker'] as const;
export type Plane = (typeof planes)[number];

const planeOfContainer: Readonly<Record<string, Plane>> = {
  etcd: 'etcd',
  'kube-apiserver': 'controlplane',
  'kube-controller-manager': 'controlplane',
  'kube-scheduler': 'controlplane',
  'nginx-proxy': 'worker',
  kubelet: 'worker',
  'kube-proxy': 'worker',
};

/** The plane in which a container takes its turn; undefined if nobody relies on it, as on the owner of a volume. */
export function planeOf(container: string): Plane | undefined {
  return planeOfContainer[container];
}

/** What is done to one container: its operation, if it needs one, and the wait for its health. */
export interface ContainerWork {
  readonly host: string;
  readonly container: string;
  readonly condition: Condition;
  readonly operations: readonly Operation[];
  /** True if something that works, or may work, is interrupted, and for what must go with that. */
  readonly takesTurn: boolean;
}

/** A member of etcd, or a kube-apiserver, that is there already: others may rely on it. */
export interface Member {
  readonly check: ContainerCheck;
  readonly condition: Condition;
}

/** Members that rely on each other, or that others rely on together, by plane. */
export function membersOf(
  reached: readonly ReachedHost[],
  rollout: Rollout,
  membership: MembershipChanges,
): Readonly<Partial<Record<Plane, readonly Member[]>>> {
  const of = (name: string): Member[] =>
    reached.flatMap(({ node, observed }) =>
      node.containers
        .filter((container) => container.name === name)
        .map((container) => ({
          check: checkOf(container, node.node.address),
          condition: conditionOf(container, observed, !isRestartedTogether(container, node.files, rollout)),
        })),
    );
  const etcd = of('etcd').filter(({ check }) => !isJoining(check.host, membership));
  return { etcd: [...etcd, ...otherMembers(membership)], controlplane: of('kube-apiserver') };
}

/** Healthy members that cluster.yml does not have: they count until they are removed. */
function otherMembers({ leaving, unknown, endpoints }: MembershipChanges): Member[] {
  const [asker] = endpoints;
  const askedOn = (host: string | undefined, url: string | undefined): Member[] =>
    host === undefined || url === undefined
      ? []
      : [
          {
            check: { host, container: 'etcd', check: { url: `${url}/health`, certificate: 'kube-node' } },
            condition: { state: 'well' },
          },
        ];
  return [
    ...leaving.flatMap(({ host, clientUrl }) => askedOn(host ?? asker?.host, clientUrl)),
    ...unknown.flatMap(({ clientUrls: [url] }) => askedOn(asker?.host, url)),
  ];
}

/** The same operations, of which the first waits for more. */
export function startAfter(operations: readonly Operation[], ids: readonly OperationId[]): Operation[] {
  return operations.map((operation, index) =>
    index === 0 ? { ...operation, after: [...operation.after, ...ids] } : operation,
  );
}

export function idsOf(operations: readonly Operation[]): OperationId[] {
  return operations.map(({ id }) => id);
}

/** What the operations of a turn wait for besides each other: a guard looks, and a node is cordoned, when all of it is there. */
export function neededBy(step: readonly ContainerWork[]): OperationId[] {
  const own = new Set(step.flatMap(({ operations }) => idsOf(operations)));
  return step.flatMap(({ operations }) => operations[0]?.after ?? []).filter((id) => !own.has(id));
}

export function groupByHost(work: readonly ContainerWork[]): ReadonlyMap<string, readonly ContainerWork[]> {
  const byHost = new Map<string, ContainerWork[]>();
  for (const one of work) {
    const group = byHost.get(one.host);
    if (group === undefined) byHost.set(one.host, [one]);
    else group.push(one);
  }
  return byHost;
}
