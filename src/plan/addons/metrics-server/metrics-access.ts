import type { ClusterSpec, StringMap } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import {
  clusterRole,
  clusterRoleBinding,
  hasRbac,
  roleBinding,
  serviceAccount,
  serviceAccountSubject,
} from '../rbac.js';
import type { MetricsRevision } from './metrics-revisions.js';

const name = 'metrics-server';

/** The account of metrics-server and what it may do; the roles only with RBAC. */
export function metricsAccess(
  spec: ClusterSpec,
  {
    marks,
    revision,
  }: { readonly marks: { readonly labels?: StringMap }; readonly revision: MetricsRevision },
): KubeObject[] {
  const isRbac = hasRbac(spec);
  return [
    ...(isRbac || !revision.needsRbacForAccount ? [serviceAccount(name, marks)] : []),
    ...(isRbac ? metricsRoles(marks, revision) : []),
  ];
}

function metricsRoles(marks: { readonly labels?: StringMap }, revision: MetricsRevision): KubeObject[] {
  const aggregateTo = (role: string): string => `rbac.authorization.k8s.io/aggregate-to-${role}`;
  const subject = serviceAccountSubject(name);
  const reader = clusterRole(
    'system:aggregated-metrics-reader',
    [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
    {
      labels: {
        ...marks.labels,
        [aggregateTo('admin')]: 'true',
        [aggregateTo('edit')]: 'true',
        [aggregateTo('view')]: 'true',
      },
    },
  );
  const apiVersion = `rbac.authorization.k8s.io/${revision.apiVersion}`;
  return [
    ...(revision.hasReaderRole ? [reader] : []),
    clusterRole('system:metrics-server', revision.rules, marks),
    {
      ...roleBinding('metrics-server-auth-reader', {
        role: 'extension-apiserver-authentication-reader',
        subject,
        ...marks,
      }),
      apiVersion,
    },
    {
      ...clusterRoleBinding('metrics-server:system:auth-delegator', {
        role: 'system:auth-delegator',
        subject,
        ...marks,
      }),
      apiVersion,
    },
    clusterRoleBinding('system:metrics-server', { role: 'system:metrics-server', subject, ...marks }),
  ];
}
