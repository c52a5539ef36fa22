import type { NginxTemplate } from '../../../config/addons/nginx.js';
import { revisionOf } from '../template-revision.js';
import type { StringMap } from '../../../config/cluster-spec.js';

/** How one revision of RKE's manifest differs from the others. */
export interface NginxRevision {
  /**
   * True if the manifest was made before most options of cluster.yml: the controller is on the host's network and elects its leader by
   * its own defaults, and there always is a default backend, without which it does not start.
   */
  readonly isBasic: boolean;
  /** Version of the controller that the manifest was made for, as its labels have it. */
  readonly version: string;
  /**
   * 1: no admission webhook, and no labels but `app`. 2: the webhook checks Ingresses of v1beta1, and the controller takes those
   * whose annotation names its class. 3: Ingresses of v1, and an IngressClass.
   */
  readonly generation: 1 | 2 | 3;
  readonly names: NginxNames;
  /** True if all labels have `app.kubernetes.io/part-of`. */
  readonly hasPartOf: boolean;
  /** True if TCP and UDP services can be exposed by ConfigMaps. */
  readonly hasStreams: boolean;
  /** Options of the ConfigMap that the file can override. */
  readonly options: StringMap;
  /** False if `ingress.options` reaches nothing, an error of that revision. */
  readonly takesOptions: boolean;
  /** What makes the class the default one: the key of cluster.yml, or the extra argument `default-ingress-class`. */
  readonly defaultClassBy: 'key' | 'argument';
  /** Where the controllers elect their leader. */
  readonly electsBy: readonly ('configmaps' | 'leases')[];
  /** Arguments before the user's own. */
  readonly flags: readonly string[];
  /** True if `ingress.node_selector` is also for the Jobs that make the webhook's certificate. */
  readonly selectsNodesOfJobs: boolean;
  /** True if what the Jobs need carries Helm's annotations, without effect here. */
  readonly hasHooks: boolean;
  /** True if other pods cannot reach those of the Jobs. */
  readonly hasNetworkPolicy: boolean;
  /** True if the controller may watch namespaces. */
  readonly watchesNamespaces: boolean;
}

export interface NginxNames {
  readonly serviceAccount: string;
  readonly clusterRole: string;
  readonly clusterRoleBinding: string;
  readonly role: string;
  readonly roleBinding: string;
  readonly configMap: string;
  readonly container: string;
}

const v0_32: NginxRevision = {
  isBasic: false,
  version: '0.32.0',
  generation: 1,
  names: {
    serviceAccount: 'nginx-ingress-serviceaccount',
    clusterRole: 'nginx-ingress-clusterrole',
    clusterRoleBinding: 'nginx-ingress-clusterrole-nisa-binding',
    role: 'nginx-ingress-role',
    roleBinding: 'nginx-ingress-role-nisa-binding',
    configMap: 'nginx-configuration',
    container: 'nginx-ingress-controller',
  },
  hasPartOf: false,
  hasStreams: true,
  options: {},
  takesOptions: true,
  defaultClassBy: 'key',
  electsBy: ['configmaps'],
  flags: [],
  selectsNodesOfJobs: false,
  hasHooks: true,
  hasNetworkPolicy: false,
  watchesNamespaces: false,
};

const upstream = 'ingress-nginx';

const v0_48: NginxRevision = {
  ...v0_32,
  version: '0.48.1',
  generation: 2,
  names: {
    ...v0_32.names,
    clusterRole: upstream,
    clusterRoleBinding: upstream,
    role: upstream,
    roleBinding: upstream,
  },
  hasStreams: false,
};
const v0_49: NginxRevision = {
  ...v0_48,
  version: '0.49.3',
  names: {
    ...v0_48.names,
    serviceAccount: upstream,
    configMap: 'ingress-nginx-controller',
    container: 'controller',
  },
  // CVE-2021-25742, until the controller had a fix.
  options: { 'allow-snippet-annotations': 'false' },
  selectsNodesOfJobs: true,
};
const v1_1: NginxRevision = { ...v0_49, version: '1.1.0', generation: 3 };
const v1_1_rancher3: NginxRevision = { ...v1_1, hasStreams: true, options: {} };
const v1_1_rancher4: NginxRevision = { ...v1_1_rancher3, defaultClassBy: 'argument' };
const v1_2_rancher2: NginxRevision = { ...v1_1_rancher3, version: '1.2.0' };
const v1_5: NginxRevision = { ...v1_2_rancher2, version: '1.5.1', electsBy: ['configmaps', 'leases'] };
const v1_7: NginxRevision = { ...v1_5, version: '1.7.0', electsBy: ['leases'] };
const v1_9: NginxRevision = { ...v1_7, version: '1.9.4', hasNetworkPolicy: true };
const v1_10: NginxRevision = { ...v1_9, version: '1.10.1', flags: ['--enable-metrics=false'] };
const v1_11: NginxRevision = {
  ...v1_10,
  version: '1.11.2',
  hasPartOf: true,
  hasHooks: false,
  watchesNamespaces: true,
};

/** By RKE's name of the template. */
const revisions: Readonly<Record<NginxTemplate, NginxRevision>> = {
  'nginxingress-v1.15': { ...v0_32, version: '0.25.1', isBasic: true },
  'nginxingress-v1.15.12': v0_32,
  'nginxingress-v0.48.1': v0_48,
  'nginxingress-v0.49.3': v0_49,
  'nginxingress-v1.1.0': v1_1,
  'nginxingress-v1.1.0-rancher2': { ...v1_1_rancher4, takesOptions: false },
  'nginxingress-v1.1.0-rancher3': v1_1_rancher3,
  'nginxingress-v1.1.0-rancher4': v1_1_rancher4,
  'nginxingress-v1.2.0-rancher1': { ...v1_1_rancher4, version: '1.2.0' },
  'nginxingress-v1.2.0-rancher2': v1_2_rancher2,
  'nginxingress-v1.5.1-rancher2': v1_5,
  'nginxingress-v1.7.0-rancher1': v1_7,
  'nginxingress-v1.8.1-rancher1': { ...v1_7, version: '1.8.1' },
  'nginxingress-v1.9.4-rancher1': v1_9,
  'nginxingress-v1.9.6-rancher1': { ...v1_9, version: '1.9.6' },
  'nginxingress-v1.10.1-rancher1': v1_10,
  'nginxingress-v1.11.2-rancher1': v1_11,
  'nginxingress-v1.11.2-rancher2': { ...v1_11, flags: [] },
};

export const nginxRevision = (template: string | undefined): NginxRevision => revisionOf(revisions, template);
