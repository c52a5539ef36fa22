import type { ClusterSpec, StringMap } from '../../../config/cluster-spec.js';
import type { Fields } from '../../../core/fields.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { addonNamespace, hasRbac } from '../rbac.js';
import { oneNodeAtATime, osLabel, rolloutStrategy, type Toleration } from '../scheduling.js';
import type { CalicoRevision } from './calico-revision.js';

/** Every node runs the pods of the network, whatever its taints: `network.tolerations` does not reach them. */
export const everyTaint: readonly Toleration[] = [
  { effect: 'NoSchedule', operator: 'Exists' },
  { key: 'CriticalAddonsOnly', operator: 'Exists' },
  { effect: 'NoExecute', operator: 'Exists' },
];

export interface NodePods {
  /** Of the DaemonSet, its account and its label. */
  readonly name: string;
  readonly annotations?: StringMap;
  readonly nodeSelector: StringMap;
  readonly affinity?: Fields;
  /** Unless given, those for every taint. */
  readonly tolerations?: readonly Toleration[];
  readonly priorityClassName: string;
  readonly initContainers: readonly Fields[];
  readonly containers: readonly Fields[];
  readonly volumes: readonly Fields[];
}

/** The DaemonSet of calico or canal. Its selector can never be changed. */
export function nodeDaemonSet(spec: ClusterSpec, pods: NodePods): KubeObject {
  const { network } = spec;
  const { name, annotations, nodeSelector, affinity, tolerations = everyTaint } = pods;
  const { priorityClassName, initContainers, containers, volumes } = pods;
  const labels = { 'k8s-app': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: addonNamespace, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: rolloutStrategy(network.updateStrategy, oneNodeAtATime),
      template: {
        metadata: { labels, ...(annotations === undefined ? {} : { annotations }) },
        spec: {
          ...(affinity === undefined ? {} : { affinity }),
          ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
          hostNetwork: true,
          tolerations,
          ...(hasRbac(spec) ? { serviceAccountName: name } : {}),
          terminationGracePeriodSeconds: 0,
          priorityClassName,
          initContainers,
          containers,
          volumes,
        },
      },
    },
  };
}

/** Marked pods that must run, before Kubernetes had priority classes. */
export const criticalPod: StringMap = { 'scheduler.alpha.kubernetes.io/critical-pod': '' };

/** The selector of Linux nodes. */
export function onLinux({ isPrivileged }: CalicoRevision): StringMap {
  return { [isPrivileged ? osLabel.stable : osLabel.beta]: 'linux' };
}
