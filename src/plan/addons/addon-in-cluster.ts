import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { AddonPlan, KubeObject, ObjectRef } from '../cluster-plan-types.js';

/** What an add-on is in a cluster and on its hosts, whether RKE v1 or we deployed it. */
export interface AddonInCluster {
  /** RKE's name of it: that of the ConfigMap with its manifest, and the start of its Job's (deployed-by-rke.ts). */
  readonly deployedAs: string;
  /** The workload that shows that it is there. */
  readonly workload: ObjectRef;
  /** Pods that use a CA and are restarted when it is rotated: values by label (RKE cmd/cert.go). */
  readonly restartedPods?: PodLabels;
  /** What its pods leave on a host. */
  readonly hostTraces?: HostTraces;
}

export type PodLabels = Readonly<Record<string, readonly string[]>>;

export interface HostTraces {
  readonly directories?: readonly string[];
  /** Directories below which something may be mounted. */
  readonly mounts?: readonly string[];
  /** Its files in the directory of CNI configurations. */
  readonly cniFiles?: readonly string[];
  /** Directories in which the addresses of pods are reserved. */
  readonly addresses?: readonly string[];
  /** Network interfaces to which the pods of a node are attached. */
  readonly bridges?: readonly string[];
  /** What the names of the interfaces begin with by which its pods are attached, if they are not those of other programs, too. */
  readonly podLinks?: readonly string[];
  /** Other network interfaces. */
  readonly links?: readonly string[];
  /** What the names of its iptables chains begin with, up to the first `-`. */
  readonly chains?: readonly string[];
  /** What the comments of its rules in the chains of others begin with. */
  readonly comments?: readonly string[];
  /** What the names of its ipsets begin with. */
  readonly ipsets?: readonly string[];
  /** Protocol numbers of its routes (/etc/iproute2/rt_protos). */
  readonly routes?: readonly string[];
}

/** An add-on whose objects are planned here. */
export interface PlannedAddon extends AddonInCluster {
  /** Called only with a template that is made here. @returns undefined if RKE v1 deploys nothing with these settings */
  readonly plan: (context: AddonContext) => Omit<AddonPlan, 'name'> | undefined;
}

export interface AddonContext {
  readonly spec: ClusterSpec;
  /** Key of the template that RKE deploys for the version, e.g. `flannel-v0.25.1`; undefined if the catalogue has none. */
  readonly template: string | undefined;
  /** The CustomResourceDefinitions of the template. */
  readonly customResources: readonly KubeObject[];
}
