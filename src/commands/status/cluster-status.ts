import type { RunError } from '../../core/events.js';
import type { AddonState } from '../../reconcile/addon-status.js';
import type { EtcdReport } from '../etcd/etcd-status.js';
import type { ListedNode } from '../node/list-nodes.js';

/** A cluster as `rke status -o json` prints it: the names are a contract (docs/status.md). */
export interface ClusterStatus {
  /** Path of its cluster file. */
  readonly config: string;
  readonly cluster: string;
  /** Of cluster.yml. */
  readonly kubernetesVersion: string;
  /** `healthy`: nothing is wrong and nothing is pending; `not-created`: no run has put a component on a host; without a state, none was contacted. */
  readonly state: 'healthy' | 'attention' | 'not-created';
  readonly nodes: readonly NodeStatus[];
  /** Absent if etcd is external, or no host was contacted. */
  readonly etcd?: EtcdReport;
  readonly certificates?: CertificatesStatus;
  /** Absent if no snapshot is known. */
  readonly backup?: BackupStatus;
  readonly addons: readonly AddonSummary[];
  readonly pending?: PendingChanges;
  /** What is wrong or pending; empty for a healthy cluster. */
  readonly findings: readonly StatusFinding[];
  /** Warnings of reading it, e.g. that another run has the lock. */
  readonly warnings: readonly string[];
}

/** A cluster that could not be read. */
export interface UnreadCluster {
  readonly config: string;
  readonly errors: readonly RunError[];
}

export interface NodeStatus extends Omit<ListedNode, 'ready' | 'state'> {
  /** Absent if the Kubernetes API was not read. */
  readonly ready?: boolean;
  /** As in `rke node ls`; `unread` if the API was not read. */
  readonly state: ListedNode['state'] | 'unread';
  /** Whether its host was read; absent for a node that neither cluster.yml nor the state has. */
  readonly host?: 'reached' | 'unreachable';
  /** Why the host was not read. */
  readonly error?: string;
  /** Absent if the host was not read. */
  readonly containers?: ContainersStatus;
}

export interface ContainersStatus {
  /** That should run. */
  readonly planned: number;
  readonly running: number;
  /** Those that do not run as they should, with why. */
  readonly faults: readonly { readonly name: string; readonly fault: string }[];
  /** What `rke up` would change on the host: containers, files, images. */
  readonly drift: readonly { readonly target: string; readonly action: string; readonly reason: string }[];
}

export interface CertificatesStatus {
  /** The certificate that expires first. */
  readonly name: string;
  /** Address of the host that has it; absent if it is the one of the state. */
  readonly host?: string;
  /** RFC 3339. */
  readonly expires: string;
  readonly daysLeft: number;
}

export interface BackupStatus {
  readonly name: string;
  readonly ageSeconds: number;
  /** Addresses of the hosts that have it. */
  readonly hosts: readonly string[];
  readonly inS3: boolean;
  /** True if every copy on a host passed a check and has not changed since. */
  readonly verified: boolean;
  /** Between two recurring snapshots; absent if none are taken. */
  readonly intervalSeconds?: number;
}

export interface AddonSummary {
  readonly name: string;
  readonly kind: 'system' | 'user' | 'helm';
  readonly state: AddonState;
  readonly troubles: readonly string[];
}

/** What `rke up` would do now. */
export interface PendingChanges {
  readonly hasChanges: boolean;
  /** E.g. `2 containers to replace`; empty without changes. */
  readonly summary: string;
  readonly unfinished: readonly string[];
  readonly destructive: readonly string[];
  readonly unchanged: { readonly containers: number; readonly files: number; readonly addons: number };
  /** Why `rke up` would stop before it changes anything, or could not be planned. */
  readonly problems: readonly RunError[];
}

/** One thing that is wrong or pending. */
export interface StatusFinding {
  readonly part:
    'host' | 'node' | 'container' | 'api' | 'etcd' | 'certificates' | 'backup' | 'addon' | 'pending';
  /** Name of the node, the container's host, or the add-on; absent for the cluster as a whole. */
  readonly subject?: string;
  readonly message: string;
  readonly fix?: string;
}
