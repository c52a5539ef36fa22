import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { AddonPlan } from '../cluster-plan-types.js';
import { clusterRole, clusterRoleBinding, groupSubject, hasRbac, userSubject } from './rbac.js';

/** RKE has no name for it: it makes these objects itself, without a Job. */
export const authzName = 'rke-authz';

/** Subresources of a node by which the API server reaches its kubelet: logs, exec, metrics. */
const kubeletResources = ['nodes/metrics', 'nodes/proxy', 'nodes/stats', 'nodes/log', 'nodes/spec'];

/**
 * What nodes and API server must be allowed before anything works (RKE cluster/cluster.go:915-944, templates/authz.go).
 * All kubelets share the user `system:node`, so the Node authorizer cannot distinguish them, and they get their rights as a
 * group; RKE's annotation keeps the API server from taking its own empty binding for the true one.
 *
 * RKE also makes the ServiceAccount `rke-job-deployer` with cluster-admin. It is for the Jobs that run `kubectl apply`
 * in the cluster; rke applies objects itself, so it needs no such account.
 */
export function planAuthz(spec: ClusterSpec): AddonPlan[] {
  if (!hasRbac(spec)) return [];
  const kubeletProxy = 'proxy-clusterrole-kubeapiserver';
  return [
    {
      name: authzName,
      objects: [
        clusterRoleBinding('system:node', {
          role: 'system:node',
          subject: groupSubject('system:nodes'),
          labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
          annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' },
        }),
        clusterRole(kubeletProxy, [
          { apiGroups: [''], resources: kubeletResources, verbs: ['get', 'list', 'watch', 'create'] },
        ]),
        clusterRoleBinding('proxy-role-binding-kubernetes-master', {
          role: kubeletProxy,
          subject: userSubject('kube-apiserver'),
        }),
      ],
      awaits: [],
    },
  ];
}
