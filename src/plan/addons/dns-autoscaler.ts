import type { ClusterSpec, DnsSpec } from '../../config/cluster-spec.js';
import type { Fields } from '../../core/fields.js';
import type { KubeObject } from '../cluster-plan-types.js';
import { addonNamespace, clusterRole, clusterRoleBinding, serviceAccountSubject } from './rbac.js';

/** The role of an autoscaler of the cluster DNS, bound to its account. */
export function autoscalerRole(account: string): KubeObject[] {
  const role = `system:${account}`;
  const scale = ['get', 'update'];
  return [
    clusterRole(role, [
      { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['replicationcontrollers/scale'], verbs: scale },
      {
        apiGroups: ['extensions', 'apps'],
        resources: ['deployments/scale', 'replicasets/scale'],
        verbs: scale,
      },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create'] },
    ]),
    clusterRoleBinding(role, { role, subject: serviceAccountSubject(account) }),
  ];
}

interface AutoscalerPods {
  /** Of the Deployment, its label and its ConfigMap. */
  readonly name: string;
  readonly image: string;
  /** The Deployment whose replicas it sets. */
  readonly target: string;
  /** The nodes that it counts; all if undefined. */
  readonly nodeLabels?: string;
  readonly priorityClassName: string;
  /** What else the pod and its container have. */
  readonly pod: Fields;
  readonly container?: Fields;
}

/** The Deployment of the cluster-proportional-autoscaler for a cluster DNS. */
export function autoscalerDeployment(
  spec: ClusterSpec,
  { name, image, target, nodeLabels, priorityClassName, pod, container = {} }: AutoscalerPods,
): KubeObject {
  const labels = { 'k8s-app': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: addonNamespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          ...(priorityClassName === '' ? {} : { priorityClassName }),
          ...pod,
          containers: [
            {
              name: 'autoscaler',
              image,
              command: autoscalerCommand(spec, {
                name,
                target,
                ...(nodeLabels === undefined ? {} : { nodeLabels }),
              }),
              resources: { requests: { cpu: '20m', memory: '10Mi' } },
              ...container,
            },
          ],
        },
      },
    },
  };
}

/**
 * Command of the cluster-proportional-autoscaler, which sets the replicas of a Deployment by the number of nodes and their cores.
 *
 * @param name that of the autoscaler and of its ConfigMap, which it makes of `--default-params` once
 * @param nodeLabels the nodes that it counts; all if undefined
 */
function autoscalerCommand(
  { dns }: ClusterSpec,
  {
    name,
    target,
    nodeLabels,
  }: { readonly name: string; readonly target: string; readonly nodeLabels?: string },
): string[] {
  return [
    '/cluster-proportional-autoscaler',
    `--namespace=${addonNamespace}`,
    `--configmap=${name}`,
    `--target=Deployment/${target}`,
    `--default-params=${JSON.stringify({ linear: linearParams(dns) })}`,
    ...(nodeLabels === undefined ? [] : [`--nodelabels=${nodeLabels}`]),
    '--logtostderr=true',
    '--v=2',
  ];
}

const defaultParams = { coresPerReplica: 128, nodesPerReplica: 4, min: 1, preventSinglePointFailure: true };

/** In the order of RKE's Go struct, and like it without what is zero or false. */
const paramNames = ['coresPerReplica', 'nodesPerReplica', 'min', 'max', 'preventSinglePointFailure'];

/** A block in cluster.yml takes the place of all defaults (RKE cluster/defaults.go). */
function linearParams({ linearAutoscalerParams = defaultParams }: DnsSpec): Record<string, unknown> {
  const given: Readonly<Record<string, unknown>> = linearAutoscalerParams;
  const entries = paramNames.map((param): [string, unknown] => [param, given[param]]);
  return Object.fromEntries(entries.filter(([, value]) => Boolean(value)));
}
