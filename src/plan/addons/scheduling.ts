import type { UpdateStrategy } from '../../config/cluster-spec.js';

/** A toleration as cluster.yml gives it, or ours. */
export type Toleration = Readonly<Record<string, unknown>>;

/** Tolerates every taint. */
export const tolerateAll: readonly Toleration[] = [
  { effect: 'NoExecute', operator: 'Exists' },
  { effect: 'NoSchedule', operator: 'Exists' },
];

/** A list in cluster.yml replaces the default; an empty one counts as not set, the same as in RKE's templates. */
export function tolerationsOr(
  given: readonly Toleration[] | undefined,
  standard: readonly Toleration[],
): readonly Toleration[] {
  return given === undefined || given.length === 0 ? standard : given;
}

export interface NodeRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists';
  readonly values?: readonly string[];
}

/** Labels of a node that name its operating system. */
export const osLabel = { beta: 'beta.kubernetes.io/os', stable: 'kubernetes.io/os' } as const;

/** As RKE's templates keep pods off Windows, with the label of old Kubernetes versions in the newest ones too. */
export const isNotWindows: NodeRequirement = { key: osLabel.beta, operator: 'NotIn', values: ['windows'] };

/** RKE's label of worker nodes; any value counts. */
export const isWorker: NodeRequirement = { key: 'node-role.kubernetes.io/worker', operator: 'Exists' };

/** Affinity for nodes that meet all requirements. */
export function requireNode(
  ...matchExpressions: readonly NodeRequirement[]
): Readonly<Record<string, unknown>> {
  return { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } };
}

/** RKE's update strategy of DaemonSets on every node. */
export const oneNodeAtATime: Required<UpdateStrategy> = {
  strategy: 'RollingUpdate',
  rollingUpdate: { maxUnavailable: 1 },
};

/** `update_strategy` as the Kubernetes API has it: `strategy` is called `type`. */
export function rolloutStrategy(
  given: UpdateStrategy | undefined,
  standard: Required<UpdateStrategy>,
): Readonly<Record<string, unknown>> {
  const { strategy, rollingUpdate } = given ?? standard;
  return {
    ...(strategy === undefined || strategy === '' ? {} : { type: strategy }),
    ...(rollingUpdate === undefined ? {} : { rollingUpdate }),
  };
}
