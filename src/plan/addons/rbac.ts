import type { ClusterSpec, StringMap } from '../../config/cluster-spec.js';
import type { KubeObject } from '../cluster-plan-types.js';

const apiGroup = 'rbac.authorization.k8s.io';
const apiVersion = `${apiGroup}/v1`;

/** True if accounts and roles are made; RKE's templates leave most of them out otherwise. */
export const hasRbac = ({ authorization }: ClusterSpec): boolean => authorization.mode === 'rbac';

/** Where all of RKE's add-ons live. */
export const addonNamespace = 'kube-system';

/** On objects whose templates come from the add-on manager of Kubernetes; nothing of RKE reads them. */
export const reconciledLabels = {
  'kubernetes.io/cluster-service': 'true',
  'addonmanager.kubernetes.io/mode': 'Reconcile',
};

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** The only objects that the rule is about, if it is not about all. */
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export type Subject =
  | { readonly kind: 'ServiceAccount'; readonly name: string; readonly namespace: string }
  | { readonly kind: 'User' | 'Group'; readonly name: string; readonly apiGroup: typeof apiGroup };

interface Marks {
  readonly labels?: StringMap;
  readonly annotations?: StringMap;
}

interface Place {
  /** Unless given, that of the add-ons. */
  readonly namespace?: string;
}

export function serviceAccount(
  name: string,
  { namespace = addonNamespace, ...marks }: Marks & Place = {},
): KubeObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, ...marks } };
}

export function role(
  name: string,
  rules: readonly Rule[],
  { namespace = addonNamespace, ...marks }: Marks & Place = {},
): KubeObject {
  return { apiVersion, kind: 'Role', metadata: { name, namespace, ...marks }, rules };
}

export function clusterRole(name: string, rules: readonly Rule[], marks: Marks = {}): KubeObject {
  return { apiVersion, kind: 'ClusterRole', metadata: { name, ...marks }, rules };
}

/** Binds a ClusterRole. The reference to the role can never be changed, so names are RKE's for good. */
export function clusterRoleBinding(
  name: string,
  {
    role,
    subject,
    otherSubjects = [],
    ...marks
  }: {
    readonly role: string;
    readonly subject: Subject;
    readonly otherSubjects?: readonly Subject[];
  } & Marks,
): KubeObject {
  return {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name, ...marks },
    roleRef: { apiGroup, kind: 'ClusterRole', name: role },
    subjects: [subject, ...otherSubjects],
  };
}

/** Binds a Role of the same namespace. */
export function roleBinding(
  name: string,
  {
    role: bound,
    subject,
    namespace = addonNamespace,
    ...marks
  }: { readonly role: string; readonly subject: Subject } & Marks & Place,
): KubeObject {
  return {
    apiVersion,
    kind: 'RoleBinding',
    metadata: { name, namespace, ...marks },
    roleRef: { apiGroup, kind: 'Role', name: bound },
    subjects: [subject],
  };
}

export const serviceAccountSubject = (name: string, namespace = addonNamespace): Subject => ({
  kind: 'ServiceAccount',
  name,
  namespace,
});
export const userSubject = (name: string): Subject => ({ kind: 'User', name, apiGroup });
export const groupSubject = (name: string): Subject => ({ kind: 'Group', name, apiGroup });
