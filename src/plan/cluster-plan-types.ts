import type { NodeSpec, S3Backup, Taint } from '../config/cluster-spec.js';
import type { CertificateName } from '../pki/certificates.js';

/** The desired state of the whole cluster: output of planning, input of reconcile. Plain data. */
export interface ClusterPlan {
  readonly nodes: readonly NodePlan[];
  /** Nodes of cluster.yml whose hosts were not connected to: nothing is planned there, and others may rely on them. */
  readonly unplanned?: readonly UnplannedNode[];
  /** Addresses of the hosts that get containers of workers, if no other container is to be changed (`--update-only`). */
  readonly onlyNewWorkers?: readonly string[];
  /** Nodes that left cluster.yml and whose hosts still have the cluster on them. Nothing is planned there. */
  readonly leaving?: readonly LeavingNode[];
  /** Members of etcd by cluster.yml, also of hosts that were not reached; absent if the membership is not compared. */
  readonly members?: readonly PlannedMember[];
  /** Members that earlier runs planned and cluster.yml no longer has: nodes that leave, or that lose the role. */
  readonly formerMembers?: readonly PlannedMember[];
  /** How nodes are drained, and how many may be unavailable at the same time; by default one, which is not drained. */
  readonly rolling?: Rolling;
  readonly addons: readonly AddonPlan[];
  /** Add-ons that the user has written, with complete objects; undefined if they were not read: then none is changed or deleted. */
  readonly userAddons?: readonly UserAddon[];
  /** Names of user add-ons that the last finished run had. */
  readonly userAddonsBefore?: readonly string[];
  /** Names of add-ons that the last finished run had with the same settings. */
  readonly addonsUnchanged?: readonly string[];
  /** Add-ons of the last finished run that are to be removed. Without objects if only RKE v1 knows them. */
  readonly addonsRemoved?: readonly AddonPlan[];
  /** Given if the network plugin may be changed. */
  readonly networkChange?: NetworkChange;
}

/** A node as a member of etcd. The peer URL identifies it: a member that has never started has no name. */
export interface PlannedMember {
  /** Address of the host in cluster.yml. */
  readonly host: string;
  readonly name: string;
  readonly peerUrl: string;
  readonly clientUrl: string;
}

/** A node of cluster.yml of which nothing is known but its name. */
export type UnplannedNode = Pick<NodePlan, 'node' | 'identity'>;

/** A node that left cluster.yml. */
export interface LeavingNode extends NodePlan {
  /** Its host cannot be reached, and the user has said that it is gone for good: only its node object is deleted. */
  readonly isLost?: true;
}

/** The network plugins that a cluster may have, for a change of it. */
export interface NetworkChange {
  /** The plugin of cluster.yml. */
  readonly to: string;
  /** Those of earlier runs, finished or not, with the objects that they were planned with. */
  readonly earlier: readonly { readonly plugin: string; readonly objects: readonly ObjectRef[] }[];
  /** Ranges of pods. */
  readonly podRanges: readonly string[];
}

/** `upgrade_strategy`, resolved for the number of hosts. */
export interface Rolling {
  /** How many nodes may be unavailable at the same time that have neither the control plane nor etcd. */
  readonly workersAtOnce: number;
  /** How many control planes may be interrupted at the same time: a majority of them keeps serving. */
  readonly controlPlanesAtOnce: number;
  /** Nodes are drained before what runs their pods is replaced. */
  readonly drains: boolean;
  readonly drain: DrainSettings;
}

/** `node_drain_input`, with the meaning of `kubectl drain`. */
export interface DrainSettings {
  /** Also evicts pods without a controller, which nothing recreates. */
  readonly force: boolean;
  /** Leaves the pods of DaemonSets alone; otherwise they are a reason to refuse. */
  readonly ignoreDaemonSets: boolean;
  /** Also evicts pods with an emptyDir, whose data is lost. */
  readonly deleteLocalData: boolean;
  /** Seconds that a pod has to end; negative: what the pod itself says. */
  readonly gracePeriodSeconds: number;
  readonly timeoutSeconds: number;
}

/** RKE's `ConfigNodePlan` (types/rke_types.go): everything that belongs on one host. */
export interface NodePlan {
  readonly node: NodeSpec;
  /** `/`, or the prefix that RKE uses for the host's operating system. */
  readonly prefixPath: string;
  /** Long-lived containers, in the order in which RKE starts them. */
  readonly containers: readonly ContainerSpec[];
  readonly files: readonly HostFile[];
  readonly directories: readonly HostDirectory[];
  /** Ports of this host that others must reach (RKE cluster/plan.go BuildPortChecksFromPortList). */
  readonly portChecks: readonly PortCheck[];
  /** Every image that the host needs, including those of the add-ons and the pause image; most urgent first. */
  readonly images: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly labelsRemoved: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Taints that earlier runs set and cluster.yml no longer has. */
  readonly taintsRemoved: readonly Taint[];
  /** Identifies the Kubernetes node of the host. */
  readonly identity: NodeIdentity;
  /** How a single snapshot of etcd is taken; only on etcd hosts. */
  readonly snapshot?: SnapshotPlan;
}

/** How a single snapshot of etcd is taken on a host. */
export interface SnapshotPlan {
  /** Runs to its end; complete except for the name of the snapshot (`--name`) and S3, which `prepareTransfer` adds. */
  readonly container: ContainerSpec;
  /** For the snapshot and its upload. */
  readonly timeoutSeconds: number;
  /** Where the archive is uploaded to; absent without S3. */
  readonly s3?: S3Backup;
}

/**
 * Identifies the Kubernetes node of a host. The name of the object is not enough, because cloud providers choose it.
 */
export interface NodeIdentity {
  /** hostname_override: the value of the label kubernetes.io/hostname, compared without case. */
  readonly hostname: string;
  /** Internal address; only set if the cloud names the nodes and the kubelet gets no `--hostname-override`. */
  readonly internalAddress?: string;
}

export interface PortCheck {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'TCP';
}

/**
 * One container, with exactly the fields that RKE sets in a Docker create request (docker/docker.go), so that one comparison
 * with `docker inspect` works for clusters of rke and of RKE v1.
 */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  /** Docker `Entrypoint`; empty: that of the image. */
  readonly entrypoint: readonly string[];
  /** Docker `Cmd`; empty: that of the image. */
  readonly cmd: readonly string[];
  /** `NAME=value`, in order. */
  readonly env: readonly string[];
  /** `source:target[:options]`, in order. */
  readonly binds: readonly string[];
  readonly volumesFrom: readonly string[];
  readonly networkMode: 'host' | 'none' | 'default';
  readonly pidMode?: 'host';
  readonly privileged: boolean;
  readonly restartPolicy?: 'always';
  readonly labels: Readonly<Record<string, string>>;
  readonly securityOpt: readonly string[];
  readonly user?: string;
  /** False for service-sidekick, which only owns a volume and is never started. */
  readonly started: boolean;
  readonly healthCheck?: HealthCheck;
  /** TCP port of the host on which it listens as soon as it works; of a component without a health URL. */
  readonly listensOn?: number;
}

/** An HTTP request sent from the host itself, through SSH (RKE services/healthcheck.go). The server certificate is not verified. */
export interface HealthCheck {
  readonly url: string;
  /** Client certificate to present. */
  readonly certificate?: CertificateName;
  /** Seconds that the container must be up before the check counts: a component may crash when it becomes the leader. */
  readonly steadySeconds?: number;
  /** Given if its processes elect a leader by a Lease: one that leads shows earlier than `steadySeconds` that it does not crash. */
  readonly election?: Election;
}

/** How the processes of a component elect a leader. */
export interface Election {
  readonly lease: ObjectRef;
  /** Seconds in which a leader starts its work, or crashes. */
  readonly startSeconds: number;
}

/** A file that a container reads under /etc/kubernetes, which is below the prefix path on the host. */
export interface HostFile {
  readonly path: string;
  readonly content: string;
  /** Permission bits, e.g. 0o600. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A directory that must have exactly this owner and mode. `bind` mounts it into the container that sets them. */
export interface HostDirectory {
  readonly path: string;
  readonly bind: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The Kubernetes objects of one add-on, applied in order. */
export interface AddonPlan {
  /** RKE's name of it: `rke-network-plugin`, `rke-coredns-addon`, `rke-metrics-addon`, … */
  readonly name: string;
  readonly objects: readonly KubeObject[];
  /** What to wait for after applying: DaemonSets, Deployments and APIServices of `objects`, by "Kind/namespace/name". */
  readonly awaits: readonly ObjectRef[];
  /** False if a cluster works without it: `rke up` waits for it only with `--wait all`. */
  readonly isEssential?: false;
  /** Deleted when the add-on is applied: an option turns them off, and RKE v1 may have left them. */
  readonly absent?: readonly ObjectRef[];
}

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** A Kubernetes object as plain JSON. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    /** Set by the API; differs for a recreated object. */
    readonly uid?: string;
    /** Set by the API; differs after every change. */
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [member: string]: unknown;
}

/** Where something is written; line and column count from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** An object of the user's, and where it is written. */
export interface PlacedObject {
  readonly object: KubeObject;
  readonly origin: Origin;
  /**
   * Hash of what a chart was rendered from, if it generates a part of the object anew at each rendering: then that decides whether
   * the object has changed, not its text.
   */
  readonly generatedFrom?: string;
}

/** Moments of a change of a Helm release at which rke applies its hooks. */
export type HookMoment = 'pre-install' | 'post-install' | 'pre-upgrade' | 'post-upgrade';
export type HookDeletion = 'before-hook-creation' | 'hook-succeeded' | 'hook-failed';

/** An object of a chart that is not a part of the release, but applied at a moment of a change, e.g. a Job before it. */
export interface HelmHook extends PlacedObject {
  readonly moments: readonly HookMoment[];
  /** Hooks of one moment are applied by weight, the lowest first. */
  readonly weight: number;
  /** When it is deleted. */
  readonly deletion: readonly HookDeletion[];
}

/** What a Helm release has besides its objects. */
export interface ReleaseParts {
  /** Name of the release. */
  readonly name: string;
  /** Created before its objects if it does not exist; never deleted. */
  readonly namespace: string;
  readonly hooks: readonly HelmHook[];
}

/**
 * An add-on that a user has written: applied by server-side apply, and pruned by its inventory. `addons`, `addons_include` and each
 * chart of `addons_helm` are one.
 */
export interface UserAddon {
  /** RKE's name for `addons` and `addons_include`; else letters, digits, `-`, `_` and `.`: it is a key of a Secret. */
  readonly name: string;
  /** The key of cluster.yml, e.g. `addons_include`. */
  readonly key: string;
  /** In the order of the files. */
  readonly objects: readonly PlacedObject[];
  /** Only for a chart of `addons_helm`. */
  readonly release?: ReleaseParts;
  /** For people: what of its source has no effect. */
  readonly notes?: readonly string[];
}
