import type { ClusterSpec } from '../config/cluster-spec.js';
import { stages, type OperationPlan } from '../reconcile/operations.js';
import { interruptionWarnings } from '../reconcile/order/plane-guards.js';
import type { ClusterOptions } from './session.js';

/** Says which cluster a run is about, before anybody is contacted. */
export function tellStart(
  { events, configPath }: Pick<ClusterOptions, 'events' | 'configPath'>,
  command: string,
  { clusterName, kubernetesVersion, nodes }: ClusterSpec,
): void {
  events.emit({
    type: 'run-started',
    command,
    cluster: clusterName,
    version: kubernetesVersion,
    hosts: nodes.length,
    config: configPath,
  });
}

/** Says how much there is to do, by stage, and what stops for a moment meanwhile. */
export function tellPlan(
  { events }: Pick<ClusterOptions, 'events'>,
  { operations, unchanged }: OperationPlan,
): void {
  const counts = stages.map((stage) => ({
    stage,
    operations: operations.filter((one) => one.stage === stage).length,
  }));
  events.emit({
    type: 'plan-made',
    operations: operations.length,
    stages: counts.filter((one) => one.operations > 0),
    unchanged,
  });
  for (const message of interruptionWarnings(operations)) events.emit({ type: 'warning', message });
}
