import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import {
  clusterRole,
  clusterRoleBinding,
  hasRbac,
  serviceAccount,
  serviceAccountSubject,
  type Rule,
} from '../rbac.js';
import {
  traefikLabels as labels,
  traefikName as name,
  traefikNamespace as namespace,
} from './traefik-names.js';

/** What both providers of Ingresses watch, and the status that they write; no other kind and no custom resource. */
const rules: readonly Rule[] = [
  {
    apiGroups: [''],
    resources: ['services', 'secrets', 'nodes', 'namespaces'],
    verbs: ['get', 'list', 'watch'],
  },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  {
    apiGroups: ['networking.k8s.io'],
    resources: ['ingresses', 'ingressclasses'],
    verbs: ['get', 'list', 'watch'],
  },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
];

/**
 * The account of the pods; without RBAC every account may do everything. Roles have the name of the namespace: traefik's
 * documentation uses that of the account for its own.
 */
export function traefikAccess(spec: ClusterSpec): KubeObject[] {
  const account = serviceAccount(name, { namespace, labels });
  if (!hasRbac(spec)) return [account];
  const subject = serviceAccountSubject(name, namespace);
  return [
    account,
    clusterRole(namespace, rules, { labels }),
    clusterRoleBinding(namespace, { role: namespace, subject, labels }),
  ];
}
