import type { KubeObject } from '../../cluster-plan-types.js';
import { kindKey } from './object-scope.js';

/**
 * In which order objects are applied; within a rank as they are written. What others refer to is first, custom resources are after
 * the workloads that may serve them, and what intercepts requests is last, so that it does not refuse the rest.
 */
const ranks: Readonly<Record<string, number>> = {
  '/Namespace': 0,
  'apiextensions.k8s.io/CustomResourceDefinition': 1,
  'scheduling.k8s.io/PriorityClass': 2,
  'node.k8s.io/RuntimeClass': 2,
  'storage.k8s.io/StorageClass': 2,
  'networking.k8s.io/IngressClass': 2,
  'networking.k8s.io/NetworkPolicy': 2,
  'policy/PodSecurityPolicy': 2,
  '/ResourceQuota': 2,
  '/LimitRange': 2,
  '/ServiceAccount': 2,
  'rbac.authorization.k8s.io/ClusterRole': 2,
  'rbac.authorization.k8s.io/ClusterRoleBinding': 2,
  'rbac.authorization.k8s.io/Role': 2,
  'rbac.authorization.k8s.io/RoleBinding': 2,
  '/Secret': 2,
  '/ConfigMap': 2,
  '/PersistentVolume': 2,
  '/PersistentVolumeClaim': 2,
  '/Service': 2,
  'apiregistration.k8s.io/APIService': 5,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': 5,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': 5,
};

const ofOtherKinds = 3;
const ofCustomResources = 4;

type Kinded = Pick<KubeObject, 'apiVersion' | 'kind'>;

export function applyRank(object: Kinded): number {
  const ranked = ranks[kindKey(object)];
  return ranked ?? (isCustomResource(object) ? ofCustomResources : ofOtherKinds);
}

/** True for kinds that no part of Kubernetes itself defines: their groups end with a domain of someone else. */
export function isCustomResource(object: Kinded): boolean {
  const key = kindKey(object);
  const group = key.slice(0, key.lastIndexOf('/'));
  return group.includes('.') && !group.endsWith('.k8s.io');
}

/** True for what intercepts requests of others. */
export const isInterceptor = (object: Kinded): boolean => applyRank(object) === 5;

export const isNamespace = (object: Kinded): boolean => kindKey(object) === '/Namespace';
export const isCrd = (object: Kinded): boolean =>
  kindKey(object) === 'apiextensions.k8s.io/CustomResourceDefinition';

/** Sorts by rank; stable. */
export function inApplyOrder<Item>(items: readonly Item[], objectOf: (item: Item) => Kinded): Item[] {
  return [...items].sort((a, b) => applyRank(objectOf(a)) - applyRank(objectOf(b)));
}
