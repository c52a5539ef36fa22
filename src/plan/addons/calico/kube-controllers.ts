import type { ClusterSpec, StringMap } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { networkOption } from '../network-option.js';
import { addonNamespace, hasRbac, serviceAccount } from '../rbac.js';
import { tolerationsOr, type Toleration } from '../scheduling.js';
import { pullPolicy } from './calico-node.js';
import type { CalicoRevision } from './calico-revision.js';
import { onLinux } from './node-daemon-set.js';

/** Of the Deployment, its role, its account and its label. */
export const controllersName = 'calico-kube-controllers';
const labels = { 'k8s-app': controllersName };

interface ControllersPods {
  readonly image: string;
  readonly annotations?: StringMap;
  /** Unless `network.tolerations` has others. */
  readonly tolerations: readonly Toleration[];
}

/** calico-kube-controllers, which removes from Calico's data what has left Kubernetes; its role is in calico-roles.ts. */
export function kubeControllers(
  spec: ClusterSpec,
  revision: CalicoRevision,
  { image, annotations, tolerations }: ControllersPods,
): KubeObject[] {
  const { network } = spec;
  const isBound = hasRbac(spec);
  const priority = revision.isPrivileged
    ? networkOption(network.options, 'calico_kube_controllers_priority_class_name')
    : undefined;
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: controllersName, namespace: addonNamespace, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        strategy: { type: 'Recreate' },
        template: {
          metadata: {
            name: controllersName,
            namespace: addonNamespace,
            labels,
            ...(annotations === undefined ? {} : { annotations }),
          },
          spec: {
            nodeSelector: onLinux(revision),
            tolerations: tolerationsOr(revision.isPrivileged ? network.tolerations : [], tolerations),
            ...(isBound ? { serviceAccountName: controllersName } : {}),
            priorityClassName: priority ?? 'system-cluster-critical',
            containers: [controllersContainer(revision, image)],
          },
        },
      },
    },
    ...(isBound || revision.usesKubeletConfig ? [serviceAccount(controllersName)] : []),
    ...disruptionBudget(revision),
  ];
}

function controllersContainer(revision: CalicoRevision, image: string): Readonly<Record<string, unknown>> {
  const { hasControllersLiveness, reportsNodeStatus } = revision;
  const liveness = {
    exec: { command: ['/usr/bin/check-status', '-l'] },
    periodSeconds: 10,
    initialDelaySeconds: 10,
    failureThreshold: 6,
    ...(reportsNodeStatus ? { timeoutSeconds: 10 } : {}),
  };
  return {
    name: controllersName,
    image,
    ...pullPolicy(revision.pullPolicy !== 'none'),
    env: [
      { name: 'ENABLED_CONTROLLERS', value: 'node' },
      { name: 'DATASTORE_TYPE', value: 'kubernetes' },
    ],
    ...(hasControllersLiveness ? { livenessProbe: liveness } : {}),
    readinessProbe: {
      exec: { command: ['/usr/bin/check-status', '-r'] },
      ...(hasControllersLiveness ? { periodSeconds: 10 } : {}),
    },
  };
}

function disruptionBudget({ disruptionBudget: apiVersion }: CalicoRevision): KubeObject[] {
  if (apiVersion === undefined) return [];
  return [
    {
      apiVersion,
      kind: 'PodDisruptionBudget',
      metadata: { name: controllersName, namespace: addonNamespace, labels },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
  ];
}
