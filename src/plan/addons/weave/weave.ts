import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { AddonContext, PlannedAddon } from '../addon-in-cluster.js';
import type { AddonPlan, KubeObject } from '../../cluster-plan-types.js';
import { networkAddonName } from '../network-plugin.js';
import { objectRef } from '../object-ref.js';
import {
  clusterRole,
  clusterRoleBinding,
  hasRbac,
  role,
  roleBinding,
  serviceAccount,
  serviceAccountSubject,
} from '../rbac.js';
import { daemonSetRef } from '../workload-ref.js';
import { weaveDaemonSet } from './weave-daemon-set.js';
import { weaveRevision, type WeaveRevision } from './weave-revisions.js';

/** Of the DaemonSet, its account and its roles. */
const name = 'weave-net';
const labels = { name };

export const weave: PlannedAddon = {
  deployedAs: networkAddonName,
  workload: daemonSetRef(name),
  restartedPods: { name: [name] },
  // The directory has the peers and the addresses that the node owns; in another cluster it would wait for those peers.
  hostTraces: {
    directories: ['/var/lib/weave'],
    cniFiles: ['10-weave.conflist'],
    addresses: ['/var/lib/weave'],
    bridges: ['weave'],
    podLinks: ['vethwepl'],
    links: ['vethwe-bridge'],
    chains: ['WEAVE'],
    ipsets: ['weave-'],
  },
  plan: planWeave,
};

/** The network plugin Weave Net, which RKE has up to Kubernetes 1.29. As in RKE `network.tolerations` does not reach it. */
function planWeave({ spec, template }: AddonContext): Omit<AddonPlan, 'name'> {
  const revision = weaveRevision(template);
  const daemonSet = weaveDaemonSet(spec, { name, labels, revision });
  return {
    objects: [...weaveAccess(spec, revision), daemonSet],
    awaits: [objectRef(daemonSet)],
  };
}

/** The account is made without RBAC too; RKE labels it only with RBAC. */
function weaveAccess(spec: ClusterSpec, { rbacVersion }: WeaveRevision): KubeObject[] {
  if (!hasRbac(spec)) return [serviceAccount(name)];
  const subject = serviceAccountSubject(name);
  const roles = [
    clusterRole(
      name,
      [
        { apiGroups: [''], resources: ['pods', 'namespaces', 'nodes'], verbs: ['get', 'list', 'watch'] },
        {
          apiGroups: ['networking.k8s.io'],
          resources: ['networkpolicies'],
          verbs: ['get', 'list', 'watch'],
        },
        { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch', 'update'] },
      ],
      { labels },
    ),
    clusterRoleBinding(name, { role: name, subject, labels }),
    // Weave keeps the list of its peers in a ConfigMap.
    role(
      name,
      [
        { apiGroups: [''], resources: ['configmaps'], resourceNames: [name], verbs: ['get', 'update'] },
        { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] },
      ],
      { labels },
    ),
    roleBinding(name, { role: name, subject, labels }),
  ];
  const apiVersion = `rbac.authorization.k8s.io/${rbacVersion}`;
  return [serviceAccount(name, { labels }), ...roles.map((object) => ({ ...object, apiVersion }))];
}
