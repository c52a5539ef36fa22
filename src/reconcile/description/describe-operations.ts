import type { NodeSpec } from '../../config/cluster-spec.js';
import { hash } from '../../core/stable.js';
import { createNodeFinder } from '../diff/find-node.js';
import { isNewHost } from '../observed.js';
import type { Operation } from '../operations.js';
import type { Change, ChangeAction } from './change.js';
import { createInterruptionDescriber } from './describe-interruption.js';
import { describeChange, type DescriptionInput } from './describe-change.js';

/** A node of cluster.yml, and what is done to it. */
export interface PlannedNode {
  readonly address: string;
  /** Name in Kubernetes. */
  readonly name: string;
  readonly role: readonly string[];
  /**
   * `unreachable`: nothing is planned for it, because nothing is known about it; `left-out`: the same, because the run is limited to
   * other nodes.
   */
  readonly status: 'new' | 'changed' | 'unchanged' | 'unreachable' | 'left-out' | 'removed';
  readonly changes: readonly Change[];
}

/** What the operations of a run change, by node and for the cluster as a whole. */
export interface DescribedOperations {
  readonly nodes: readonly PlannedNode[];
  /** What is done to the cluster as a whole: add-ons, Secrets, the copy of the state. */
  readonly clusterChanges: readonly Change[];
  /** How often each action is done; those that are not are left out. */
  readonly counts: Readonly<Partial<Record<ChangeAction, number>>>;
  /** SHA-256 of all changes: the same if another run would do the same. */
  readonly digest: string;
}

interface StatusInput extends Pick<DescriptionInput, 'observed'> {
  /** Addresses of nodes that the run leaves alone. None by default. */
  readonly leftOut?: ReadonlySet<string> | undefined;
}

/** Describes the operations of a run. Checks and waits are left out. */
export function describeOperations(
  operations: readonly Operation[],
  nodes: readonly Pick<NodeSpec, 'address' | 'hostnameOverride' | 'role'>[],
  input: StatusInput & Omit<DescriptionInput, 'findNode' | 'describeInterruption'>,
): DescribedOperations {
  const described: DescriptionInput = {
    ...input,
    findNode: createNodeFinder(input.observed.kube?.nodes.values() ?? []),
    describeInterruption: createInterruptionDescriber(input.plan, input.observed),
  };
  const byHost = new Map<string | undefined, Change[]>();
  const all: Change[] = [];
  for (const operation of operations) {
    const change = describeChange(operation, described);
    if (change === undefined) continue;
    all.push(change);
    const group = byHost.get(operation.host);
    if (group === undefined) byHost.set(operation.host, [change]);
    else group.push(change);
  }
  return {
    nodes: nodes.map(({ address, hostnameOverride: name, role }) => {
      const changes = byHost.get(address) ?? [];
      return { address, name, role, status: statusOf(address, changes, input), changes };
    }),
    clusterChanges: byHost.get(undefined) ?? [],
    counts: countActions(all),
    digest: digestOfAll(all),
  };
}

function statusOf(
  address: string,
  changes: readonly Change[],
  { observed, leftOut }: StatusInput,
): PlannedNode['status'] {
  const host = observed.hosts.get(address);
  if (changes.some(({ kind }) => kind === 'clean-host' || kind === 'delete-node')) return 'removed';
  if (host === undefined) return leftOut?.has(address) === true ? 'left-out' : 'unreachable';
  if (changes.length === 0) return 'unchanged';
  return isNewHost(host) ? 'new' : 'changed';
}

function countActions(changes: readonly Change[]): DescribedOperations['counts'] {
  const counts: Partial<Record<ChangeAction, number>> = {};
  for (const { action } of changes) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

/** The copy of the state does not count: it has what this run has created, and follows from everything else. */
function digestOfAll(changes: readonly Change[]): string {
  const lines = changes.flatMap(({ id, kind, digest }) => (kind === 'copy-state' ? [] : [`${id} ${digest}`]));
  return hash('sha256', lines.toSorted().join('\n'));
}
