import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { valueEnv } from '../container-env.js';
import type { Toleration } from '../scheduling.js';
import { systemImage } from '../system-image.js';
import { controllerAccount } from './aci-access.js';
import * as pods from './aci-pods.js';
import type { AciRevision } from './aci-revision.js';
import { aciNamespace, pluginLabel, versionLabel, type AciSettings } from './aci-settings.js';

/** Of the Deployment and its pods. */
const name = 'aci-containers-controller';
/** The Secret with the key of the APIC user. */
export const userCertName = 'aci-user-cert';

/** Configures the fabric through the APIC; `network.tolerations` does not reach it. */
export function controllerDeployment(
  spec: ClusterSpec,
  settings: AciSettings,
  revision: AciRevision,
): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace: aciNamespace,
      labels: { ...versionLabel(settings), ...pluginLabel, name },
    },
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: pods.podLabels(name) },
      template: {
        metadata: {
          name,
          namespace: aciNamespace,
          ...pods.podMetadata(name, pods.criticalAnnotation(revision)),
        },
        spec: {
          hostNetwork: true,
          serviceAccountName: controllerAccount,
          ...pods.pullSecrets(settings),
          tolerations: tolerations(settings, revision),
          ...pods.priority(settings, revision, 'system-node-critical'),
          containers: [
            {
              name,
              image: systemImage(spec, 'aciControllerContainer'),
              imagePullPolicy: settings.text('image_pull_policy'),
              ...pods.memory(settings, revision, 'aci_containers_controller'),
              env: valueEnv({
                WATCH_NAMESPACE: '',
                ACI_SNAT_NAMESPACE: aciNamespace,
                // The name is ACI's, with its missing letter.
                ACI_SNAGLOBALINFO_NAME: 'snatglobalinfo',
                ACI_RDCONFIG_NAME: 'routingdomain-config',
                SYSTEM_NAMESPACE: aciNamespace,
              }),
              volumeMounts: [
                pods.mount('controller-config-volume', '/usr/local/etc/aci-containers/'),
                ...pods.logMounts(revision),
                pods.mount('aci-user-cert-volume', '/usr/local/etc/aci-cert/'),
              ],
              livenessProbe: pods.statusProbe(revision, 8091),
            },
          ],
          volumes: [
            { name: 'aci-user-cert-volume', secret: { secretName: userCertName } },
            pods.configVolume('controller-config-volume', 'controller-config', 'controller.conf'),
            ...pods.logVolumes(revision),
          ],
        },
      },
    },
  };
}

const notReady: Toleration = {
  effect: 'NoSchedule',
  key: 'node.kubernetes.io/not-ready',
  operator: 'Exists',
};
const onMaster: Toleration = {
  effect: 'NoSchedule',
  key: 'node-role.kubernetes.io/master',
  operator: 'Exists',
};

/** Where the controller may run, and for how long on a node that has failed. */
function tolerations({ text }: AciSettings, revision: AciRevision): Toleration[] {
  if (!revision.hasPolicyResources) return [{ operator: 'Exists', effect: 'NoSchedule' }];
  const tolerationSeconds = revision.hasSnatExclusion ? Number(text('toleration_seconds')) : 60;
  const failed = { effect: 'NoExecute', operator: 'Exists', tolerationSeconds };
  if (!revision.hasOpflexStartup) return [failed, notReady, onMaster];
  return [
    { ...failed, key: 'node.kubernetes.io/unreachable' },
    { ...failed, key: 'node.kubernetes.io/not-ready' },
    notReady,
    onMaster,
    ...(
      [
        ['NoSchedule', 'controlplane'],
        ['NoExecute', 'etcd'],
      ] as const
    ).map(([effect, role]) => ({
      effect,
      key: `node-role.kubernetes.io/${role}`,
      value: 'true',
      operator: 'Equal',
    })),
  ];
}
