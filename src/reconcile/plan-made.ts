import type { EventPayload } from '../core/events.js';
import { stages, type OperationPlan } from './operations.js';

/** What is told of a plan before it is carried out. */
export function planMade({ operations, unchanged }: OperationPlan): EventPayload {
  const counts = stages.map((stage) => ({
    stage,
    operations: operations.filter((operation) => operation.stage === stage).length,
  }));
  return {
    type: 'plan-made',
    operations: operations.length,
    stages: counts.filter((count) => count.operations > 0),
    unchanged,
  };
}
