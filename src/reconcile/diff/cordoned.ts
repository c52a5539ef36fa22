import { recordAt } from '../../core/fields.js';
import type { KubeObject } from '../../plan/cluster-plan-types.js';

/** Annotation of a node that a run has cordoned: only such a node is uncordoned. */
export const cordonedByUs = 'rke.io/cordoned';

/** True if no new pods come to the node. */
export function isCordoned(node: KubeObject): boolean {
  return recordAt(node, 'spec')['unschedulable'] === true;
}
