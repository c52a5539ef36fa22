import type { FlannelTemplate } from '../../../config/addons/flannel.js';
import type { Rule } from '../rbac.js';
import { isNotWindows, type NodeRequirement, type Toleration } from '../scheduling.js';
import { revisionOf } from '../template-revision.js';
import { flannelPolicyName } from './flannel-policy.js';

/** What RKE's templates of flannel make different. */
export interface FlannelRevision {
  readonly rbacVersion: 'v1' | 'v1beta1';
  /** True if the role, its binding, the account and the ConfigMap have the label of flannel. */
  readonly isLabelled: boolean;
  readonly rules: readonly Rule[];
  /** True if it comes with a PodSecurityPolicy, which allows its capabilities. */
  readonly hasPolicy: boolean;
  /** `EnableNFTables` in `net-conf.json`. */
  readonly nfTables: boolean | undefined;
  /** As RKE wrote the configuration of CNI before 1.21: without `forceAddress`, and one space less. */
  readonly hasOldCniConfig: boolean;
  readonly pods: FlannelPods;
}

export interface FlannelPods {
  readonly node: NodeRequirement;
  readonly tolerations: readonly Toleration[];
  /** Used if the option names none, or whatever the option says: the old template sets it twice, and the last one counts. */
  readonly priority: { readonly name: string | undefined; readonly isFixed: boolean };
  /** True if the account is named without RBAC too, when there is none. */
  readonly namesAccountAlways: boolean;
  readonly isInstallFirst: boolean;
  readonly hasLimits: boolean;
  readonly capabilities: readonly string[];
  readonly seLinuxType: string | undefined;
  readonly eventQueueDepth: string | undefined;
  /** Directory of the host in which it keeps the subnet of the node. */
  readonly runDirectory: '/run' | '/run/flannel';
  /** The daemon sees the CNI directory of the host, or else the lock of iptables. */
  readonly sees: 'cni' | 'xtables-lock';
}

const podRule: Rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
const nodeRule = (...verbs: readonly string[]): Rule => ({ apiGroups: [''], resources: ['nodes'], verbs });
const statusRule: Rule = { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] };
const policyRule: Rule = {
  apiGroups: ['extensions'],
  resources: ['podsecuritypolicies'],
  verbs: ['use'],
  resourceNames: [flannelPolicyName],
};
const rangeRule: Rule = {
  apiGroups: ['networking.k8s.io'],
  resources: ['clustercidrs'],
  verbs: ['list', 'watch'],
};

const v116: FlannelRevision = {
  rbacVersion: 'v1beta1',
  isLabelled: false,
  rules: [policyRule, podRule, nodeRule('list', 'watch'), statusRule],
  hasPolicy: true,
  nfTables: undefined,
  hasOldCniConfig: true,
  pods: {
    node: isNotWindows,
    tolerations: [{ operator: 'Exists' }],
    priority: { name: undefined, isFixed: false },
    namesAccountAlways: false,
    isInstallFirst: false,
    hasLimits: true,
    capabilities: ['NET_ADMIN'],
    seLinuxType: undefined,
    eventQueueDepth: undefined,
    runDirectory: '/run',
    sees: 'cni',
  },
};
const v0140: FlannelRevision = {
  ...v116,
  rbacVersion: 'v1',
  hasOldCniConfig: false,
  pods: {
    ...v116.pods,
    node: { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
    tolerations: [
      { operator: 'Exists', effect: 'NoSchedule' },
      { operator: 'Exists', effect: 'NoExecute' },
    ],
    priority: { name: 'system-node-critical', isFixed: true },
    namesAccountAlways: true,
    isInstallFirst: true,
    capabilities: ['NET_ADMIN', 'NET_RAW'],
    // A type of rancher-selinux; without SELinux on the host nothing looks at it.
    seLinuxType: 'rke_network_t',
  },
};
const v0140rancher2: FlannelRevision = { ...v0140, pods: { ...v0140.pods, hasLimits: false } };
const v0192: FlannelRevision = {
  ...v0140rancher2,
  rules: [podRule, nodeRule('list', 'watch'), statusRule],
  hasPolicy: false,
  pods: {
    ...v0140rancher2.pods,
    priority: { name: 'system-node-critical', isFixed: false },
    eventQueueDepth: '5000',
    runDirectory: '/run/flannel',
    sees: 'xtables-lock',
  },
};
const v0214: FlannelRevision = {
  ...v0192,
  rules: [podRule, nodeRule('get', 'list', 'watch'), statusRule, rangeRule],
};
const v0242: FlannelRevision = { ...v0214, isLabelled: true };
const v0251: FlannelRevision = {
  ...v0242,
  rules: [podRule, nodeRule('get', 'list', 'watch'), statusRule],
  nfTables: false,
};

const revisions: Readonly<Record<FlannelTemplate, FlannelRevision>> = {
  'flannel-v1.16': v116,
  'flannel-v0.14.0': v0140,
  'flannel-v0.14.0-rancher2': v0140rancher2,
  'flannel-v0.19.2': v0192,
  'flannel-v0.21.4': v0214,
  'flannel-v0.24.2': v0242,
  'flannel-v0.25.1': v0251,
};

export const flannelRevision = (template: string | undefined): FlannelRevision =>
  revisionOf(revisions, template);
