import { revisionOf } from '../template-revision.js';
import type { CalicoRevisionName } from '../../../config/addons/calico-revisions.js';

/** What differs between the revisions of RKE's templates for calico and canal. */
export interface CalicoRevision {
  /**
   * True from RKE's templates called "privileged" on, whose init containers are. Those before them have no bandwidth plugin, ask for
   * liveness over HTTP, find Linux nodes by their beta label, and in canal the roles have other names.
   */
  readonly isPrivileged: boolean;
  /** True if calico-node may read block affinities. */
  readonly readsBlockAffinities: boolean;
  /** True if calico-node may read ConfigMaps. */
  readonly readsConfigMaps: boolean;
  readonly cniLogLevel: 'info' | 'WARNING';
  /**
   * True if the CNI plugin uses the kubeconfig of the kubelet, which is then bound to the roles of Calico. Otherwise install-cni
   * writes one for it.
   */
  readonly usesKubeletConfig: boolean;
  readonly hasControllers: boolean;
  /** True if `network.node_selector` takes the place of the selector of Linux nodes in canal, instead of adding to it. */
  readonly replacesSelector: boolean;
  /** True if `canal_priority_class_name` or `calico_node_priority_class_name` has an effect. */
  readonly hasPriorityOption: boolean;
  readonly mountsCniLog: boolean;
  /** API version of the PodDisruptionBudget of calico-kube-controllers. */
  readonly disruptionBudget?: 'policy/v1beta1' | 'policy/v1';
  /** True if the kubelet asks calico-kube-controllers whether it lives. */
  readonly hasControllersLiveness: boolean;
  readonly hasDualStack: boolean;
  /** True if calico-node reports its status in the API and says so when it stops. */
  readonly reportsNodeStatus: boolean;
  /** How the BPF file system gets into calico-node: in /sys/fs of the host, or mounted by an init container. */
  readonly bpf: 'none' | 'sysfs' | 'mounted';
  readonly hasFlexVolume: boolean;
  /** True if calico-node requests the token of the CNI plugin. */
  readonly requestsToken: boolean;
  /** Containers with `imagePullPolicy: IfNotPresent`. */
  readonly pullPolicy: 'none' | 'calico' | 'all';
  /** True if the CNI plugin has its own service account, calico-cni-plugin. */
  readonly hasCniAccount: boolean;
  /** True if the kubelet creates missing directories on the host. */
  readonly createsDirectories: boolean;
}

const v1_16: CalicoRevision = {
  isPrivileged: false,
  readsBlockAffinities: false,
  readsConfigMaps: false,
  cniLogLevel: 'WARNING',
  usesKubeletConfig: true,
  hasControllers: false,
  replacesSelector: true,
  hasPriorityOption: false,
  mountsCniLog: false,
  hasControllersLiveness: false,
  hasDualStack: false,
  reportsNodeStatus: false,
  bpf: 'none',
  hasFlexVolume: true,
  requestsToken: false,
  pullPolicy: 'none',
  hasCniAccount: false,
  createsDirectories: false,
};
const v1_17: CalicoRevision = { ...v1_16, readsBlockAffinities: true };
const v1_17_privileged: CalicoRevision = { ...v1_17, isPrivileged: true };
const v3_13: CalicoRevision = { ...v1_17_privileged, readsConfigMaps: true, hasPriorityOption: true };
const v3_16: CalicoRevision = { ...v3_13, usesKubeletConfig: false, hasControllers: true, bpf: 'sysfs' };
const v3_17: CalicoRevision = { ...v3_16, mountsCniLog: true, disruptionBudget: 'policy/v1beta1' };
const v3_19: CalicoRevision = { ...v3_17, hasControllersLiveness: true, hasDualStack: true };
const v3_21: CalicoRevision = { ...v3_19, reportsNodeStatus: true };
const v3_22: CalicoRevision = { ...v3_21, bpf: 'mounted' };
const v3_24: CalicoRevision = {
  ...v3_22,
  cniLogLevel: 'info',
  disruptionBudget: 'policy/v1',
  hasFlexVolume: false,
  replacesSelector: false,
  requestsToken: true,
  pullPolicy: 'calico',
};
const v3_25: CalicoRevision = { ...v3_24, pullPolicy: 'all' };
const v3_26: CalicoRevision = { ...v3_25, hasCniAccount: true };
const v3_27_4: CalicoRevision = { ...v3_26, createsDirectories: true };

/** What calico has before its templates are those of canal. */
const ofCalico = { cniLogLevel: 'info', hasControllers: true } as const;

const revisions: Readonly<Record<CalicoRevisionName, CalicoRevision>> = {
  'calico-v1.16': { ...v1_16, ...ofCalico },
  'canal-v1.16': v1_16,
  'calico-v1.17': { ...v1_17, ...ofCalico },
  'canal-v1.17': v1_17,
  'calico-v1.17-privileged': { ...v3_13, ...ofCalico, hasPriorityOption: false },
  'canal-v1.17-privileged': v1_17_privileged,
  'canal-v1.17-privileged-calico3134': v3_13,
  'v3.16.0': v3_16,
  'v3.16.5': v3_16,
  'v3.17.1': v3_17,
  'v3.19.0': v3_19,
  'v3.21.1': v3_21,
  'v3.22.5': v3_22,
  'v3.22.5-rancher2': v3_22,
  'v3.24.1': v3_24,
  'v3.25.0': v3_25,
  'v3.26.1': v3_26,
  'v3.26.1-rancher2': v3_26,
  'v3.27.0': v3_26,
  'v3.27.0-rancher2': v3_26,
  'v3.27.4': v3_27_4,
  'v3.28.0': v3_26,
  'v3.28.1': v3_27_4,
};

/** @param template key in the version catalogue, e.g. `canal-v3.28.1` */
export function calicoRevision(template: string | undefined): CalicoRevision {
  return revisionOf(revisions, template?.replace(/^(calico|canal)-(?=v3)/, ''));
}
