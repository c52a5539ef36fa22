import type { RkeError } from '../core/errors.js';
import type { EtcdMembership } from '../etcd/etcd.js';
import type { DockerFacts, ObservedContainer, ObservedImage } from '../host/host.js';
import type { AddonRecord } from '../plan/addons/addon-record.js';
import type { UserAddonRecord } from '../plan/addons/user/user-record.js';
import type { KubeObject, ObjectRef } from '../plan/cluster-plan-types.js';
import type { SnapshotFile } from './snapshots/snapshot-files.js';

/** What was found, by reads alone. Hosts that could not be reached are not in `hosts`: nothing is concluded about them. */
export interface ObservedCluster {
  readonly hosts: ReadonlyMap<string, ObservedHost>;
  /** Hosts that were reached and of which something could not be read, with why. */
  readonly unread?: ReadonlyMap<string, RkeError>;
  /** Membership of etcd; absent if no member answered, or there is none. */
  readonly etcd?: ObservedEtcd;
  /** Why the membership is not known, although etcd was asked. */
  readonly etcdTrouble?: string;
  /** The hosts run more than one etcd cluster. */
  readonly isEtcdSplit?: boolean;
  /** undefined if no kube-apiserver answered. */
  readonly kube: ObservedKube | undefined;
  /** Why it was not read, although a kube-apiserver runs. */
  readonly kubeTrouble?: string;
}

/** The membership of etcd, and how the members are that the plan does not have. */
export interface ObservedEtcd extends EtcdMembership {
  /** Ids of the healthy ones among them; a member is not counted if nothing could ask it. */
  readonly healthyOthers: ReadonlySet<string>;
}

export interface ObservedHost {
  readonly facts: DockerFacts;
  /** By name; running and stopped ones. */
  readonly containers: ReadonlyMap<string, ObservedContainer>;
  /** Names of containers of the cluster that are not planned here: old generations, helpers, components of other roles. */
  readonly leftovers: readonly string[];
  /** The leftovers that run, and may use ports. */
  readonly runningLeftovers: ReadonlySet<string>;
  /** Containers with names of RKE that were not created by RKE or rke: never changed. */
  readonly foreign: readonly Pick<ObservedContainer, 'name' | 'image' | 'binds'>[];
  /** Those of the plan's images that are on the host. */
  readonly images: ReadonlyMap<string, ObservedImage>;
  /** TCP ports that are listened on. */
  readonly listening: ReadonlySet<number>;
  /** Why the health check of a planned container that runs failed, by its name; absent if health was not asked for. */
  readonly unhealthy?: ReadonlyMap<string, string>;
  /** Seconds since 1970 by the host's own clock; absent if it could not be read. */
  readonly clock?: number;
  /** Snapshots on an etcd host, newest first; absent if they could not be listed. */
  readonly snapshots?: readonly SnapshotFile[];
  /** sha256 of each file below /etc/kubernetes by its path there; undefined if no container gives access. */
  readonly files: ReadonlyMap<string, ObservedFile> | undefined;
}

const components: readonly string[] = ['etcd', 'kube-apiserver', 'kubelet'];

/** Name of a component of a cluster that the host has a container of; undefined if it has none. */
export function componentOn({ containers }: Pick<ObservedHost, 'containers'>): string | undefined {
  return components.find((name) => containers.has(name));
}

/** True if any host has a container of a cluster. Wiped hosts have none, even if the state lists them. */
export function carriesCluster({ hosts }: Pick<ObservedCluster, 'hosts'>): boolean {
  return [...hosts.values()].some((host) => componentOn(host) !== undefined);
}

/** True if the host has no container of a cluster yet. */
export function isNewHost({ containers }: ObservedHost): boolean {
  return containers.size === 0;
}

export interface ObservedFile {
  readonly sha256: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** When rke last replaced it by another content, in seconds since 1970 by the clock of the host; absent if not known. */
  readonly replacedAt?: number;
  /** Of a PEM file: sha256 of its `pemText`. */
  readonly pemSha256?: string;
  /** Of a certificate: its text. Keys are only hashed. */
  readonly certificate?: string;
}

export interface ObservedKube {
  /** Node objects by name. */
  readonly nodes: ReadonlyMap<string, KubeObject>;
  /** What earlier runs applied, by add-on. */
  readonly addons: ReadonlyMap<string, AddonRecord>;
  /** Names of planned add-ons of which something that is waited for is not available, or not there. */
  readonly unavailableAddons: ReadonlySet<string>;
  /** What is waited for and is not there, by the planned add-on's name; those that have all are absent. */
  readonly missingObjects?: ReadonlyMap<string, readonly ObjectRef[]>;
  /** Names of recorded add-ons that RKE has applied since: the record describes what was there before. */
  readonly appliedByRke?: ReadonlySet<string>;
  /** Network plugins of RKE whose DaemonSet exists, whoever applied it. */
  readonly networkPlugins?: ReadonlySet<string>;
  /** Manifests that RKE applied, by the names of add-ons that are to be removed or changed to another plugin. */
  readonly rkeManifests?: ReadonlyMap<string, string>;
  /** What the cluster has of user add-ons. */
  readonly userAddons?: ObservedUserAddons;
  /** The copy of the state in the cluster; absent if there is none. */
  readonly stateCopy?: ObservedStateCopy;
}

/** What the cluster has of user add-ons, planned or not. Objects are named by `objectKey`. */
export interface ObservedUserAddons {
  /** Inventories by add-on: what we recorded, and what RKE v1 has applied since. */
  readonly records: ReadonlyMap<string, UserAddonRecord>;
  /** Names of add-ons of which RKE's manifest is in the cluster. */
  readonly ofRke: ReadonlySet<string>;
  /** Names of planned releases that helm has installed itself; absent if there is none. */
  readonly ofHelm?: ReadonlySet<string>;
  /** Objects of the plan and of the inventories that exist. */
  readonly live: ReadonlyMap<string, LiveObject>;
  /** What else is in a Namespace, or of the kind of a CustomResourceDefinition, that is no longer planned. */
  readonly contents: ReadonlyMap<string, readonly ObjectRef[]>;
}

export interface LiveObject {
  /** The same for two names of one object, e.g. in two groups of the API. */
  readonly uid: string;
  /** True if we, or RKE by kubectl, have applied it. */
  readonly isApplied: boolean;
  /** True if it asks to be kept: `helm.sh/resource-policy: keep`. */
  readonly isKept: boolean;
  /** Problem of a workload, if it is not available. */
  readonly trouble?: string;
}

export interface ObservedStateCopy {
  /** undefined if the Secret has no state in it. */
  readonly text: string | undefined;
  /** True if there is a ConfigMap of old versions, with keys that anybody may read. */
  readonly isOld: boolean;
}
