import { planChanges } from './plan-changes.js';
import { isPartial, planStates } from './plan-states.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { toHookNode, type HookNode } from '../../reconcile/kinds/hook-kinds.js';
import { isNewHost, type ObservedCluster } from '../../reconcile/observed.js';
import { unawaitedAddons } from '../../reconcile/order/addon-waits.js';
import { addHooks } from '../../reconcile/order/add-hooks.js';
import { addPortCheck } from '../../reconcile/order/port-check.js';
import { isCopyable, addStateCopies } from '../../reconcile/intents/state-copy.js';
import { clockResults } from '../../run/certificates/clock-checks.js';
import { resultsOfChecks } from '../../run/checks/check-hosts.js';
import { stateTexts } from '../../run/state/finished-state.js';
import { decideStateAtEnd } from './state-at-end.js';
import { listRefusals } from './list-refusals.js';
import { listWarnings } from './list-warnings.js';
import type { Considered, UpDecision, UpInput } from './up-decision.js';

/** Decides what `rke up` does. Pure. @throws RkeError ADDON_UNKNOWN (exit 7) */
export function decideUp(input: UpInput): UpDecision {
  const { spec, state, encryption, plan, observed } = input;
  const { changes, ...choices } = planChanges(input);
  const states = planStates(input, changes);
  const texts = stateTexts(states.desired, states.finished, states.isWhole);
  const canBeCopied = isCopyable(texts.after);
  const withCopies = addStateCopies(changes, texts, observed);
  const checkedPorts = input.disablePortCheck ? withCopies : addPortCheck(withCopies, plan, observed);
  const operations = addHooks(checkedPorts, {
    hooks: input.hooks ?? [],
    cluster: spec.clusterName,
    command: 'rke up',
    nodes: listHookNodes(plan, observed),
  });
  const checked = { ...input, operations: changes.operations };
  const considered: Considered = {
    ...{ ...input, ...choices, changes, canBeCopied },
    checks: changes.operations.length > 0 ? resultsOfChecks(checked) : clockResults(checked),
  };
  return {
    ...states,
    changes: changes.operations,
    operations,
    warnings: listWarnings(considered),
    unawaited: unawaitedAddons(plan, observed, changes.operations),
    refusals: listRefusals(considered),
    stateAtEnd: decideStateAtEnd({
      operations: operations.operations,
      before: state,
      finished: states.finished,
      lost: (plan.leaving ?? []).flatMap(({ isLost, node }) => (isLost === true ? [node.address] : [])),
      isWhole: states.isWhole,
      isRollout: choices.rollout.isPending && !isPartial(changes),
      isCopyable: canBeCopied,
      hasEncryptionSteps: encryption.steps.length > 0,
    }),
  };
}

/** The nodes of a plan as hooks get to know them. */
function listHookNodes({ nodes, leaving = [] }: ClusterPlan, { hosts }: ObservedCluster): HookNode[] {
  const isNew = (address: string): boolean => {
    const host = hosts.get(address);
    return host !== undefined && isNewHost(host);
  };
  return [
    ...nodes.map(({ node }) => toHookNode(node, isNew(node.address) ? 'add' : 'change')),
    ...leaving.map(({ node }) => toHookNode(node, 'remove')),
  ];
}
