import type { NodeSpec, Taint } from '../config/cluster-spec.js';
import type { CertificateName } from '../pki/certificates.js';

/** What the whole cluster should look like: the output of planning, the input of reconcile. Plain data. */
export interface ClusterPlan {
  readonly nodes: readonly NodePlan[];
  readonly addons: readonly AddonPlan[];
  /** Names of add-ons that the last finished run had with the same settings. */
  readonly addonsUnchanged?: readonly string[];
  /** Add-ons that the last finished run had and the cluster should no longer have. Without objects if only RKE knows them. */
  readonly addonsRemoved?: readonly AddonPlan[];
}

/** RKE's `ConfigNodePlan` (types/rke_types.go): everything that belongs on one host. */
export interface NodePlan {
  readonly node: NodeSpec;
  /** `/` or what RKE's prefix rules give for this host's operating system. */
  readonly prefixPath: string;
  /** Long-lived containers, in the order in which RKE starts them. */
  readonly containers: readonly ContainerSpec[];
  readonly files: readonly HostFile[];
  readonly directories: readonly HostDirectory[];
  /** Ports of this host that others must reach (RKE cluster/plan.go BuildPortChecksFromPortList). */
  readonly portChecks: readonly PortCheck[];
  /** Every image this host will need, the add-ons' and the pods' pause image too; most urgent first. */
  readonly images: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly labelsRemoved: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Taints that earlier runs set and cluster.yml no longer has. */
  readonly taintsRemoved: readonly Taint[];
  /** How the Kubernetes node of this host is found. */
  readonly identity: NodeIdentity;
}

/**
 * What a host's Kubernetes node is recognised by. The name of the object alone is not enough: cloud providers name nodes
 * themselves.
 */
export interface NodeIdentity {
  /** hostname_override: the value of the label kubernetes.io/hostname, in whatever case. */
  readonly hostname: string;
  /** Internal address, given only if the cloud names the nodes and the kubelet is not told its name. */
  readonly internalAddress?: string;
}

export interface PortCheck {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'TCP';
}

/**
 * One container, by the fields that RKE sets in a Docker create request (docker/docker.go). Nothing of ours is added,
 * so one comparison with `docker inspect` serves clusters of ours and clusters taken over.
 */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  /** Docker `Entrypoint`; empty: the image's own. */
  readonly entrypoint: readonly string[];
  /** Docker `Cmd`; empty: the image's own. */
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
}

/** Dialled from the host itself, through SSH (RKE services/healthcheck.go). The server's certificate is not verified. */
export interface HealthCheck {
  readonly url: string;
  /** Client certificate to present. */
  readonly certificate?: CertificateName;
  /** It is believed only when the container has been up for so long: a component may die of becoming the leader. */
  readonly steadySeconds?: number;
}

/** A file that a container reads, under /etc/kubernetes; on the host below the prefix path. */
export interface HostFile {
  readonly path: string;
  readonly content: string;
  /** Permission bits, e.g. 0o600. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A folder that must have exactly this owner and mode. `bind` mounts it into the container that sets them. */
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
    /** Given by the API: another one for an object that was made anew. */
    readonly uid?: string;
    /** Given by the API: another one after every change. */
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [member: string]: unknown;
}
