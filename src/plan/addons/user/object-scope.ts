import { recordAt, textAt } from '../../../core/fields.js';
import type { KubeObject } from '../../cluster-plan-types.js';

export type Scope = 'cluster' | 'namespaced';

/** `group/Kind` of the kinds of Kubernetes itself that have no namespace. */
const clusterKinds: ReadonlySet<string> = new Set([
  '/Namespace',
  '/Node',
  '/PersistentVolume',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'certificates.k8s.io/CertificateSigningRequest',
  'certificates.k8s.io/ClusterTrustBundle',
  'extensions/PodSecurityPolicy',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'networking.k8s.io/IPAddress',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/ServiceCIDR',
  'node.k8s.io/RuntimeClass',
  'policy/PodSecurityPolicy',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'resource.k8s.io/DeviceClass',
  'resource.k8s.io/ResourceSlice',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/VolumeAttachment',
  'storage.k8s.io/VolumeAttributesClass',
  'storagemigration.k8s.io/StorageVersionMigration',
]);

const namespacedGroups: ReadonlySet<string> = new Set([
  '',
  'apps',
  'autoscaling',
  'batch',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
]);

/** `group/Kind`; the group of `v1` is empty. */
export function kindKey({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): string {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return `${group}/${kind}`;
}

/** The scopes of the kinds that CustomResourceDefinitions among the objects define. */
export function customScopes(objects: readonly KubeObject[]): ReadonlyMap<string, Scope> {
  return new Map(
    objects
      .filter(({ kind }) => kind === 'CustomResourceDefinition')
      .map((crd) => {
        const spec = recordAt(crd, 'spec');
        const key = `${textAt(spec, 'group')}/${textAt(recordAt(spec, 'names'), 'kind')}`;
        return [key, textAt(spec, 'scope') === 'Cluster' ? 'cluster' : 'namespaced'] as const;
      }),
  );
}

/** @returns undefined for a kind that only the API of the cluster knows */
export function scopeOf(
  object: Pick<KubeObject, 'apiVersion' | 'kind'>,
  custom: ReadonlyMap<string, Scope>,
): Scope | undefined {
  const key = kindKey(object);
  if (clusterKinds.has(key)) return 'cluster';
  if (namespacedGroups.has(key.slice(0, key.lastIndexOf('/')))) return 'namespaced';
  return custom.get(key);
}
