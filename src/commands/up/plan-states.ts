import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { OperationPlan } from '../../reconcile/operations.js';
import { finishedState } from '../../run/state/finished-state.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { withDesired, withEncryption } from '../../state/next-state.js';
import { withoutNodes } from './leaving.js';
import { keepLeavingNodes, keepRecordedNodes } from './recorded-nodes.js';
import type { UpInput } from './up-decision.js';

/** The states that `rke up` writes. */
export interface UpStates {
  /** Written before the first host is changed. */
  readonly desired: ClusterState;
  /** Written when everything is done. */
  readonly finished: ClusterState;
  /** True if every node of the state was reached: when all operations are done, the cluster is as desired. */
  readonly isWhole: boolean;
}

/** Plans the states before and after `changes`. Pure. */
export function planStates(input: UpInput, changes: OperationPlan): UpStates {
  const { spec, state, certificates, plan, observed } = input;
  const { before, end } = input.encryption;
  const recorded = keepRecordedNodes(spec, state, observed.hosts);
  const desire = (wanted: ClusterSpec): ClusterState =>
    withEncryption(withDesired(state, wanted, { certificates, encryptionConfig: before.desired }), before);
  const leaving = (plan.leaving ?? []).map(({ node }) => node);
  // What was left out is not claimed: the next run finds it in the desired state.
  const achieved = isPartial(changes)
    ? withoutNodes(desire(recorded), new Set(leaving.map(({ address }) => address)))
    : finishedState(state, desire(recorded), changes);
  return {
    desired: desire(keepLeavingNodes(recorded, leaving, state)),
    finished: withEncryption(achieved, end),
    isWhole: recorded.nodes.every(({ address }) => observed.hosts.has(address)),
  };
}

/** True if `--update-only` leaves containers as they are that cluster.yml changes. */
export const isPartial = ({ leftOut = [] }: OperationPlan): boolean => leftOut.length > 0;
