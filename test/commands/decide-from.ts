import { decideUp } from '../../src/commands/up/decide.js';
import type { UpDecision, UpInput } from '../../src/commands/up/up-decision.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { clusterPaths } from '../../src/state/paths.js';

const pair = { desired: '', current: '' };

/** What `rke up` decides from a plan and an observation, without certificates, encryption and a check of ports. */
export function decideFrom(
  plan: ClusterPlan,
  given: Pick<UpInput, 'spec' | 'state' | 'observed'> & Partial<Pick<UpInput, 'facts' | 'updateOnly'>>,
): UpDecision {
  return decideUp({
    certificates: {},
    encryption: { steps: [], text: '', before: pair, end: pair },
    plan,
    planNodes: () => plan.nodes,
    facts: new Map(),
    dockerFacts: new Map(),
    paths: clusterPaths('cluster.yml'),
    disablePortCheck: true,
    now: new Date('2026-01-01'),
    ...given,
  });
}
