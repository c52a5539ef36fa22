import type { Role, Taint } from '../config/cluster-spec.js';
import type { AddonRecord } from '../plan/addons/addon-record.js';
import type {
  ContainerSpec,
  HealthCheck,
  HostDirectory,
  HostFile,
  KubeObject,
  NodeIdentity,
  ObjectRef,
} from '../plan/cluster-plan-types.js';
import type { EncryptionPair } from '../plan/encryption/encryption-step.js';

/** The parts of a run that people see, in the order in which they end. */
export const stages = [
  'ports',
  'images',
  'files',
  'etcd',
  'controlplane',
  'worker',
  'nodes',
  'add-ons',
  'secrets',
  'state',
  'remove',
] as const;
export type Stage = (typeof stages)[number];

/** Unique within a plan and readable: `start:kube-apiserver@10.0.0.1`. */
export type OperationId = string;

/**
 * One change, or one wait, as plain data. Operations form a graph (docs/decisions/0003): each starts as soon as what
 * it needs is done, on all hosts side by side; what needs a failed one is skipped, the rest goes on.
 */
export type Operation = OperationHead & OperationAction;

export interface OperationHead {
  readonly id: OperationId;
  readonly stage: Stage;
  /** For people, e.g. "start kube-apiserver". */
  readonly title: string;
  /** Address of the host it works on; absent for work on the cluster as a whole. */
  readonly host?: string;
  /** All of these must be done before. */
  readonly after: readonly OperationId[];
  /** At least `need` of these must be done before, e.g. one kube-apiserver of three. */
  readonly afterSome?: { readonly of: readonly OperationId[]; readonly need: number };
  /**
   * It undoes the first of `after`: where that has begun it is done, when all of `after` have ended in whatever way, and
   * even where the run is stopped meanwhile.
   */
  readonly always?: true;
}

export type OperationAction =
  | { readonly kind: 'check-images'; readonly asks: readonly ImageAsk[] }
  | { readonly kind: 'pull-image'; readonly image: string }
  | {
      readonly kind: 'put-files';
      readonly files: readonly WrittenFile[];
      readonly directories: readonly HostDirectory[];
      /** Image of the helper container, and the host folder that it mounts at /etc/kubernetes. */
      readonly image: string;
      readonly bind: string;
    }
  | {
      readonly kind: 'create-container';
      readonly container: ContainerSpec;
      readonly reown?: Reown;
      /** Containers of the cluster that hold its ports: stopped for it, and removed once it has started. */
      readonly insteadOf?: readonly string[];
    }
  | {
      readonly kind: 'replace-container';
      readonly container: ContainerSpec;
      readonly changes: readonly FieldChange[];
      readonly reown?: Reown;
    }
  | { readonly kind: 'start-container'; readonly name: string }
  | {
      readonly kind: 'restart-container';
      readonly name: string;
      /** Files that it has read and that are others now; none if it is restarted because it crashes. */
      readonly files: readonly string[];
    }
  | { readonly kind: 'remove-container'; readonly name: string }
  | {
      readonly kind: 'await-healthy';
      readonly checks: readonly ContainerCheck[];
      /** How many of the checks must pass. */
      readonly need: number;
      readonly timeoutSeconds: number;
    }
  | {
      /** The last look at a plane before one of its members is interrupted. */
      readonly kind: 'await-members';
      /** The other members, and how many of them must be healthy. */
      readonly members: readonly ContainerCheck[];
      readonly need: number;
      /**
       * The member itself, if it may be interrupted as well when there is nothing that it could take away: of etcd, while all
       * together have no majority; of kube-apiserver, while it serves nobody itself.
       */
      readonly own?: ContainerCheck;
      readonly timeoutSeconds: number;
    }
  | ({
      readonly kind: 'sync-node';
      readonly node: NodeIdentity;
      readonly timeoutSeconds: number;
    } & NodeChanges)
  | AwaitNodeReady
  | ApplyAddon
  | {
      readonly kind: 'remove-addon';
      readonly name: string;
      readonly objects: readonly ObjectRef[];
      readonly leftByRke: readonly ObjectRef[];
    }
  | {
      readonly kind: 'await-addon';
      readonly name: string;
      readonly awaits: readonly ObjectRef[];
      readonly timeoutSeconds: number;
    }
  | CopyState
  | { readonly kind: 'rewrite-secrets' }
  | ({ readonly kind: 'record-encryption' } & EncryptionPair)
  | RemoveFile
  | { readonly kind: 'remove-pods' }
  | { readonly kind: 'restart-pods'; readonly selectors: readonly string[]; readonly timeoutSeconds: number }
  | { readonly kind: 'probe-ports'; readonly targets: readonly PortTarget[] }
  | CleanHost;

/** A file to be written. */
export interface WrittenFile extends HostFile {
  /** When the content became this one, in seconds by the clock of the host; absent if no container can have read another. */
  readonly replacedAt?: 'now' | number;
}

/** An image that is to be asked for in its registry, and the host that asks. */
export interface ImageAsk {
  readonly host: string;
  readonly image: string;
}

/** A port of another host that must be reached. */
export interface PortTarget {
  readonly host: string;
  /** By which the other hosts reach it. */
  readonly address: string;
  readonly port: number;
  /** Role for which the port is there. */
  readonly role: Role;
}

/** What a container must pass to count as healthy: its URL if it has one, and having stayed up for so long. */
export interface ContainerCheck {
  readonly host: string;
  readonly container: string;
  readonly check?: HealthCheck;
  readonly steadySeconds?: number;
}

/** Writes the copy of the state that the cluster keeps; `text` is the state as compact JSON, with its keys. */
export interface CopyState {
  readonly kind: 'copy-state';
  readonly text: string;
}

/**
 * What changes owner with a container: done by a one-shot container of `image` after the old generation has stopped and
 * before the new one is created, and undone if the old one comes back.
 */
export interface Reown {
  readonly image: string;
  readonly binds: readonly string[];
  readonly securityOpt: readonly string[];
  readonly changes: readonly OwnerChange[];
}

/** A file, or a directory with everything in it, by its path in the one-shot container; nothing happens if it is missing. */
export interface OwnerChange {
  readonly path: string;
  readonly isDirectory: boolean;
  readonly to: Owner;
  /** Absent if it is unknown, or nothing ran there before. */
  readonly before?: Owner | undefined;
}

/** `mode` is that of the file or of the directory itself. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Removes a file below /etc/kubernetes by a one-shot container of `image` that binds the folder. */
export interface RemoveFile {
  readonly kind: 'remove-file';
  readonly path: string;
  readonly image: string;
  readonly bind: string;
}

/** Waits for the Ready condition of a node. */
export interface AwaitNodeReady {
  readonly kind: 'await-node-ready';
  readonly node: NodeIdentity;
  readonly timeoutSeconds: number;
  /** Given if this plan starts the kubelet again: what the old one reported does not count. */
  readonly newKubelet?: {
    /** Version that it must report, e.g. `v1.30.4`; absent if the version does not change. */
    readonly version?: string;
  };
}

/** Applies the objects of an add-on in their order, deletes others, and then keeps the record. */
export interface ApplyAddon {
  readonly kind: 'apply-addon';
  readonly name: string;
  readonly objects: readonly KubeObject[];
  /** Objects of an earlier run that the add-on no longer has. */
  readonly prune: readonly ObjectRef[];
  /** By which RKE would take the add-on for what it applied itself. */
  readonly leftByRke: readonly ObjectRef[];
  readonly record: AddonRecord;
}

/** What to change on a Kubernetes node object. */
export interface NodeChanges {
  readonly labels: Readonly<Record<string, string>>;
  readonly labelsRemoved: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly taintsRemoved: readonly Taint[];
}

/** Runs the cleaner, a privileged one-shot container of `image`, on the host. */
export interface CleanHost {
  readonly kind: 'clean-host';
  readonly image: string;
  readonly script: string;
}

/** One compared field of a container that differs: what `rke plan` prints. Values that may be secret are hashed. */
export interface FieldChange {
  readonly field: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

export interface OperationPlan {
  readonly operations: readonly Operation[];
  /** What was compared and found as planned, for "no change: 24 containers, 61 files, 5 add-ons". */
  readonly unchanged: { readonly containers: number; readonly files: number; readonly addons: number };
}
