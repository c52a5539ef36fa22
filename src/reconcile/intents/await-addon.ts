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
