import type { ClusterSpec } from '../config/cluster-spec.js';
import type { EventSink } from '../core/events.js';
import { isWork, stages, type OperationPlan } from '../reconcile/operations.js';
import { interruptionWarnings } from '../reconcile/order/plane-guards.js';
import type { ClusterOptions } from './cluster-options.js';
import { configNameOf } from './cluster-source.js';

/** Emits the cluster of a run, before any host is contacted. @param command without `rke`, e.g. `cert rotate` */
export function emitRunStarted(
  options: Pick<ClusterOptions, 'events' | 'configPath' | 'input'>,
  command: string,
  { clusterName, kubernetesVersion, nodes }: ClusterSpec,
): void {
  options.events.emit({
    type: 'run-started',
    command,
    cluster: clusterName,
    version: kubernetesVersion,
    hosts: nodes.length,
    config: configNameOf(options),
  });
}

/** Emits the number of operations by stage, and warns of what they interrupt. @param summary of the changes, for people */
export function emitPlanMade(
  events: EventSink,
  { operations, unchanged }: OperationPlan,
  summary?: readonly string[],
): void {
  const work = operations.filter(isWork);
  const counts = stages.map((stage) => ({
    stage,
    operations: work.filter((one) => one.stage === stage).length,
  }));
  events.emit({
    type: 'plan-made',
    operations: work.length,
    stages: counts.filter((one) => one.operations > 0),
    unchanged,
    ...(summary === undefined ? {} : { summary }),
  });
  for (const message of interruptionWarnings(operations)) events.emit({ type: 'warning', message });
}
