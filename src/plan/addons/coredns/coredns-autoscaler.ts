import type { ClusterSpec, DnsSpec } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import type { CorednsRevision } from './coredns-revisions.js';
import {
  addonNamespace,
  clusterRole,
  clusterRoleBinding,
  hasRbac,
  serviceAccount,
  serviceAccountSubject,
} from '../rbac.js';
import { isWorker, requireNode, tolerateAll, tolerationsOr } from '../scheduling.js';
import { systemImage } from '../system-image.js';

const name = 'coredns-autoscaler';
const labels = { 'k8s-app': name };
const role = 'system:coredns-autoscaler';

/**
 * The cluster-proportional-autoscaler that sets the replicas of CoreDNS by the number of workers and their cores. As in
 * RKE `dns.node_selector` is for CoreDNS alone.
 */
export function planCorednsAutoscaler(spec: ClusterSpec, revision: CorednsRevision): KubeObject[] {
  return [...(hasRbac(spec) ? autoscalerAccess() : []), autoscalerDeployment(spec, revision)];
}

function autoscalerAccess(): KubeObject[] {
  const scale = ['get', 'update'];
  return [
    serviceAccount(name),
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
    clusterRoleBinding(role, { role, subject: serviceAccountSubject(name) }),
  ];
}

function autoscalerDeployment(spec: ClusterSpec, revision: CorednsRevision): KubeObject {
  const { dns } = spec;
  const { hasPodOptions, hasAutoscalerProbes } = revision;
  const priority = (hasPodOptions && dns.options?.['coredns_autoscaler_priority_class_name']) || '';
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: addonNamespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          ...(hasRbac(spec) ? { serviceAccountName: name } : {}),
          ...(priority === '' ? {} : { priorityClassName: priority }),
          nodeSelector: { [revision.osLabel]: 'linux' },
          affinity: { nodeAffinity: requireNode(isWorker) },
          tolerations: tolerationsOr(hasPodOptions ? dns.tolerations : undefined, tolerateAll),
          containers: [
            {
              name: 'autoscaler',
              image: systemImage(spec, 'corednsAutoscaler'),
              command: autoscalerCommand(dns, revision),
              resources: { requests: { cpu: '20m', memory: '10Mi' } },
              ...(hasAutoscalerProbes ? probes : {}),
            },
          ],
        },
      },
    },
  };
}

const healthz = {
  httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' },
  periodSeconds: 10,
  successThreshold: 1,
};

const probes = {
  livenessProbe: { ...healthz, initialDelaySeconds: 60, failureThreshold: 5, timeoutSeconds: 5 },
  readinessProbe: { ...healthz, failureThreshold: 3, timeoutSeconds: 1 },
};

function autoscalerCommand(dns: DnsSpec, { hasPodOptions, osLabel }: CorednsRevision): string[] {
  return [
    '/cluster-proportional-autoscaler',
    `--namespace=${addonNamespace}`,
    `--configmap=${name}`,
    '--target=Deployment/coredns',
    `--default-params=${JSON.stringify({ linear: linearParams(dns.linearAutoscalerParams) })}`,
    ...(hasPodOptions ? [`--nodelabels=node-role.kubernetes.io/worker=true,${osLabel}=linux`] : []),
    '--logtostderr=true',
    '--v=2',
  ];
}

const defaultParams = { coresPerReplica: 128, nodesPerReplica: 4, min: 1, preventSinglePointFailure: true };

/** In the order of RKE's Go struct, and like it without what is zero or false. */
const paramNames = ['coresPerReplica', 'nodesPerReplica', 'min', 'max', 'preventSinglePointFailure'];

/** A block in cluster.yml takes the place of all defaults (RKE cluster/defaults.go). */
function linearParams(given: Readonly<Record<string, unknown>> = defaultParams): Record<string, unknown> {
  const entries = paramNames.map((param): [string, unknown] => [param, given[param]]);
  return Object.fromEntries(entries.filter(([, value]) => Boolean(value)));
}
