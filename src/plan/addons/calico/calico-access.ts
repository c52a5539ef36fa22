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

interface RoleBinding {
  readonly binding: string;
  readonly role: string;
  readonly account: string;
  /** True if the kubelets have the role, too: the CNI plugin uses their kubeconfig. */
  readonly bindsKubelets: boolean;
}

/** Binds a role of Calico or flannel to an account. */
export function bindRole({ binding, role, account, bindsKubelets }: RoleBinding): KubeObject {
  return clusterRoleBinding(binding, {
    role,
    subject: serviceAccountSubject(account),
    otherSubjects: bindsKubelets ? [groupSubject('system:nodes')] : [],
  });
}

export function controllersAccess(spec: ClusterSpec, revision: CalicoRevision): KubeObject[] {
  if (!hasRbac(spec)) return [];
  return [
    clusterRole(controllersName, controllersRules(revision)),
    bindRole({
      binding: controllersName,
      role: controllersName,
      account: controllersName,
      bindsKubelets: revision.usesKubeletConfig && revision.isPrivileged,
    }),
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
