import type { ClusterPlan, ObjectRef } from '../../plan/cluster-plan-types.js';
import { availableId, readyId } from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';

/** The wait until what an add-on runs is available. Its pods need a node; the time it is given starts when there is one. */
export function awaitAddon(
  { name, awaits }: { readonly name: string; readonly awaits: readonly ObjectRef[] },
  { nodes }: Pick<ClusterPlan, 'nodes'>,
  { after, timeoutSeconds }: { readonly after: OperationId; readonly timeoutSeconds: number },
): Operation {
  return {
    id: availableId(name),
    stage: 'add-ons',
    title: `${name} available`,
    after: [after],
    afterSome: { of: nodes.map(({ node }) => readyId(node.address)), need: 1 },
    kind: 'await-addon',
    name,
    awaits,
    timeoutSeconds,
  };
}

/** Without the waits for add-ons that the run does not apply. */
export function keepWaitsOfApplied(operations: readonly Operation[]): Operation[] {
  const applied = new Set(
    operations.flatMap((one) =>
      one.kind === 'apply-addon' || one.kind === 'apply-user-addon' ? [one.name] : [],
    ),
  );
  return operations.filter((one) => one.kind !== 'await-addon' || applied.has(one.name));
}
