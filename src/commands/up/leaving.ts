import { kubeError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import type { Outcomes } from '../../execute/outcome.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import type { CheckFacts } from '../../reconcile/checks/facts.js';
import { findNode } from '../../reconcile/diff/find-node.js';
import { isNodeReady } from '../../reconcile/intents/node-operations.js';
import type { Operation } from '../../reconcile/operations.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import type { ClusterState, StateHalf } from '../../state/cluster-state.js';

/**
 * Refuses to take nodes out of the cluster if it is not known what runs on them, or if the host of one is also that of a node that
 * stays: the drain and the clean-up would hit the wrong node.
 */
export function refuseLeaving(
  { nodes, leaving = [] }: ClusterPlan,
  observed: ObservedCluster,
  facts: ReadonlyMap<string, CheckFacts>,
): Failure[] {
  return leaving.flatMap(({ node: { address: host }, isLost, identity }) => {
    const found = findNode(observed.kube?.nodes.values() ?? [], identity);
    if (isLost === true && isNodeReady(found))
      return [
        refusal(
          host,
          'the node is Ready, so its kubelet runs and would register it again, but its host cannot be reached',
          'make the host reachable, or switch it off and wait until its node is NotReady; then run the same command again',
        ),
      ];
    const same = nodes.find(({ node }) => isSameMachine(facts.get(host), facts.get(node.address)));
    if (same !== undefined)
      return [
        refusal(
          host,
          `the node left cluster.yml, but its host is also reached as ${same.node.address}, which is in cluster.yml (same machine-id and hostname)`,
          `write the address ${host} again: the address of a node of a running cluster cannot be changed`,
        ),
      ];
    if (observed.kube !== undefined) return [];
    return [
      refusal(
        host,
        'the node left cluster.yml, but the Kubernetes API cannot be read, so that it cannot be drained',
        'add the node again and run `rke up` until the API answers, then remove it',
      ),
    ];
  });
}

function refusal(host: string, message: string, fix: string): Failure {
  return { title: 'remove node', host, error: kubeError('LEAVING_UNKNOWN', message, { host, fix }) };
}

/** Cloned machines may have one machine-id; then their names differ. */
function isSameMachine(one: CheckFacts | undefined, other: CheckFacts | undefined): boolean {
  return (
    one?.machineId !== undefined && one.machineId === other?.machineId && one.hostname === other.hostname
  );
}

/**
 * Addresses of the nodes that a run has taken out of the cluster completely: the node is deleted, and its host is clean or lost.
 *
 * @param lost addresses of lost hosts
 */
export function listGone(
  operations: readonly Operation[],
  outcomes: Outcomes,
  lost: readonly string[] = [],
): ReadonlySet<string> {
  const isDone = ({ id }: Operation): boolean => outcomes.get(id)?.status === 'done';
  const isLeft = ({ kind }: Operation): boolean => kind === 'delete-node' || kind === 'remove-member';
  const left = new Set(operations.flatMap((one) => (isLeft(one) && !isDone(one) ? [one.host] : [])));
  const clean = operations.flatMap((one) =>
    one.kind === 'clean-host' && one.host !== undefined && isDone(one) ? [one.host] : [],
  );
  return new Set([...clean, ...lost].filter((host) => !left.has(host)));
}

/** The state without nodes that are gone: their hosts may be switched off, so that the next run must not look for them. */
export function withoutNodes(state: ClusterState, gone: ReadonlySet<string>): ClusterState {
  if (gone.size === 0) return state;
  const half = (of: StateHalf): StateHalf =>
    of.rkeConfig === undefined
      ? of
      : {
          ...of,
          rkeConfig: {
            ...of.rkeConfig,
            nodes: of.rkeConfig.nodes.filter(({ address }) => !gone.has(address)),
          },
        };
  return { ...state, desiredState: half(state.desiredState), currentState: half(state.currentState) };
}
