import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import {
  clusterRole,
  clusterRoleBinding,
  groupSubject,
  hasRbac,
  serviceAccountSubject,
  type Rule,
} from '../rbac.js';
import { controllersRules } from './calico-roles.js';
import type { CalicoRevision } from './calico-revision.js';
import { controllersName } from './kube-controllers.js';

/** The account of the CNI plugin, its role and its label. */
export const cniAccount = 'calico-cni-plugin';

/** Binds a role of Calico to an account, and to the kubelets if the CNI plugin has their kubeconfig. */
export function bindRole(
  { usesKubeletConfig }: CalicoRevision,
  { binding, role, account }: { readonly binding: string; readonly role: string; readonly account: string },
): KubeObject {
  return clusterRoleBinding(binding, {
    role,
    subject: serviceAccountSubject(account),
    otherSubjects: usesKubeletConfig ? [groupSubject('system:nodes')] : [],
  });
}

export function controllersAccess(spec: ClusterSpec, revision: CalicoRevision): KubeObject[] {
  if (!hasRbac(spec)) return [];
  return [
    clusterRole(controllersName, controllersRules(revision)),
    bindRole(revision, { binding: controllersName, role: controllersName, account: controllersName }),
  ];
}

/** The role and binding of the CNI plugin; the objects that RKE makes without RBAC too are with `always`. */
export function cniAccess(
  spec: ClusterSpec,
  { hasCniAccount }: CalicoRevision,
  { rules, always }: { readonly rules: readonly Rule[]; readonly always: readonly ('role' | 'binding')[] },
): KubeObject[] {
  if (!hasCniAccount) return [];
  const has = (part: 'role' | 'binding'): boolean => hasRbac(spec) || always.includes(part);
  return [
    ...(has('role') ? [clusterRole(cniAccount, rules)] : []),
    ...(has('binding')
      ? [clusterRoleBinding(cniAccount, { role: cniAccount, subject: serviceAccountSubject(cniAccount) })]
      : []),
  ];
}
