import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { AddonPlan, KubeObject } from '../../cluster-plan-types.js';
import type { PlannedAddon } from '../addon-in-cluster.js';
import { networkAddonName } from '../network-plugin.js';
import { daemonSetRef } from '../workload-ref.js';
import { flannelTraces } from './flannel-traces.js';
import { flannelDaemonSet } from './flannel-daemon-set.js';
import { flannelPolicy } from './flannel-policy.js';
import { flannelRevision, type FlannelRevision } from './flannel-revisions.js';
import { networkNumber, networkOption } from '../network-option.js';
import { objectRef } from '../object-ref.js';
import {
  addonNamespace,
  clusterRole,
  clusterRoleBinding,
  hasRbac,
  serviceAccount,
  serviceAccountSubject,
} from '../rbac.js';

const labels = { 'k8s-app': 'flannel' };
/** The ConfigMap that flanneld and install-cni read. */
const configName = 'kube-flannel-cfg';

export const flannel: PlannedAddon = {
  deployedAs: networkAddonName,
  workload: daemonSetRef('kube-flannel'),
  restartedPods: { 'k8s-app': ['flannel'] },
  hostTraces: {
    ...flannelTraces,
    cniFiles: ['10-flannel.conflist'],
    addresses: ['/var/lib/cni/networks/cbr0'],
    bridges: ['cni0'],
  },
  plan: ({ spec, template }) => planFlannel(spec, flannelRevision(template)),
};

/**
 * The network plugin flannel with RKE's names, labels and options. Selectors cannot be changed later, so they are what clusters
 * taken over have. As in RKE `network.tolerations` does not reach it: a network that leaves out a node breaks it.
 */
function planFlannel(spec: ClusterSpec, revision: FlannelRevision): Omit<AddonPlan, 'name'> {
  const daemonSet = flannelDaemonSet(spec, { labels, configName, revision: revision.pods });
  return {
    objects: [
      ...(revision.hasPolicy ? [flannelPolicy(revision.pods.capabilities)] : []),
      ...(hasRbac(spec) ? flannelAccess(revision) : []),
      flannelConfig(spec, revision),
      daemonSet,
    ],
    awaits: [objectRef(daemonSet)],
  };
}

function flannelAccess({ isLabelled, rbacVersion, rules }: FlannelRevision): KubeObject[] {
  const name = 'flannel';
  const marks = isLabelled ? { labels } : {};
  const apiVersion = `rbac.authorization.k8s.io/${rbacVersion}`;
  return [
    { ...clusterRole(name, rules, marks), apiVersion },
    {
      ...clusterRoleBinding(name, { role: name, subject: serviceAccountSubject(name), ...marks }),
      apiVersion,
    },
    serviceAccount(name, marks),
  ];
}

function flannelConfig(
  { network, services }: ClusterSpec,
  { isLabelled, hasOldCniConfig, nfTables }: FlannelRevision,
): KubeObject {
  const cni = {
    name: 'cbr0',
    cniVersion: '0.3.1',
    plugins: [
      {
        type: 'flannel',
        delegate: {
          ...(hasOldCniConfig ? {} : { forceAddress: true }),
          hairpinMode: true,
          isDefaultGateway: true,
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
  const net = {
    Network: services.kubeController.clusterCidr,
    ...(nfTables === undefined ? {} : { EnableNFTables: nfTables }),
    Backend: {
      Type: networkOption(network.options, 'flannel_backend_type') ?? 'vxlan',
      VNI: networkNumber(network.options, 'flannel_backend_vni') ?? 1,
      Port: networkNumber(network.options, 'flannel_backend_port') ?? 8472,
    },
  };
  const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  const cniText = hasOldCniConfig ? text(cni).replace('"cniVersion": ', '"cniVersion":') : text(cni);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: configName,
      namespace: addonNamespace,
      labels: { ...(isLabelled ? labels : {}), tier: 'node', app: 'flannel' },
    },
    data: { 'cni-conf.json': cniText, 'net-conf.json': text(net) },
  };
}
