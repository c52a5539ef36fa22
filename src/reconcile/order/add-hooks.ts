import type { HookSpec } from '../../config/hook-spec.js';
import { changesAnything } from '../description/change.js';
import type { HookNode, HookSubject } from '../kinds/hook-kinds.js';
import type { OperationPlan } from '../operations.js';
import { HookGraph } from './hook-graph.js';
import { listHookScopes } from './hook-scopes.js';

export interface HooksInput extends Pick<HookSubject, 'cluster' | 'command'> {
  readonly hooks: readonly HookSpec[];
  /** Nodes of cluster.yml, and those that leave. */
  readonly nodes: readonly HookNode[];
}

/**
 * Puts hooks between the operations of a plan (docs/decisions/0033). A hook before a scope starts when the first of its operations
 * could, and all of them wait for it; a hook after it starts when they are done, and what follows them waits for it. Nothing else
 * about the plan changes. A plan that changes nothing gets no hooks.
 *
 * This is the last step of planning: operations that are added later have no hooks.
 */
export function addHooks(plan: OperationPlan, { hooks, nodes, ...run }: HooksInput): OperationPlan {
  if (hooks.length === 0 || !changesAnything(plan.operations)) return plan;
  const graph = new HookGraph(plan.operations, run);
  for (const scope of listHookScopes(plan.operations, hooks, nodes)) graph.add(scope);
  return { ...plan, operations: graph.operations() };
}
