import type { Taint } from '../../config/cluster-spec.js';
import type { AddonRecord } from '../../plan/addons/addon-record.js';
import type { HelmHook, PlacedObject } from '../../plan/addons/user/user-addon.js';
import type { RecordedObject } from '../../plan/addons/user/user-record.js';
import type { KubeObject, NodeIdentity, ObjectRef } from '../../plan/cluster-plan-types.js';
import type { EncryptionPair } from '../../plan/encryption/encryption-step.js';

/** Asks the registries for images before anything is changed. */
export interface CheckImages {
  readonly kind: 'check-images';
  readonly asks: readonly ImageAsk[];
}

/** An image that is looked up in its registry, and the host that asks. */
export interface ImageAsk {
  readonly host: string;
  readonly image: string;
}

/** Waits for a node to register, and then changes its object. */
export interface SyncNode extends NodeChanges {
  readonly kind: 'sync-node';
  readonly node: NodeIdentity;
  readonly timeoutSeconds: number;
}

/** What to change on a Kubernetes node object. */
export interface NodeChanges {
  readonly labels: Readonly<Record<string, string>>;
  readonly labelsRemoved: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly taintsRemoved: readonly Taint[];
}

/** Applies the objects of an add-on in their order, deletes others, and then writes the record. */
export interface ApplyAddon {
  readonly kind: 'apply-addon';
  readonly name: string;
  readonly objects: readonly KubeObject[];
  /** Objects of an earlier run that the add-on no longer has. */
  readonly prune: readonly ObjectRef[];
  /** Objects by which RKE v1 would take the add-on for one that it applied itself. */
  readonly leftByRke: readonly ObjectRef[];
  readonly record: AddonRecord;
}

/** Deletes the objects of an add-on and its record. */
export interface RemoveAddon {
  readonly kind: 'remove-addon';
  readonly name: string;
  readonly objects: readonly ObjectRef[];
  readonly leftByRke: readonly ObjectRef[];
  /** How long the pods of its workloads may take to end before its other objects are deleted; absent: they are not waited for. */
  readonly podsEndSeconds?: number;
  /** Given if another add-on serves the same Service from now on. */
  readonly successor?: Successor;
}

/** A Deployment that must be alone behind a Service before the other pods behind it are deleted. */
export interface Successor {
  readonly service: KubeObject;
  readonly deployment: ObjectRef;
  /** How long it must have been alone: kube-proxy needs that long at most to stop using the others on every node. */
  readonly steadySeconds: number;
  readonly timeoutSeconds: number;
}

/**
 * Brings one user add-on to its plan: applies objects, deletes others, and keeps the inventory at every step, so that nothing is
 * lost if it fails or is interrupted. `details` of the operation say what it does; the objects may be Secrets.
 */
export interface ApplyUserAddon {
  readonly kind: 'apply-user-addon';
  readonly name: string;
  /** New, changed and missing objects, in the order in which they are applied. */
  readonly objects: readonly PlacedObject[];
  /** Deleted once all objects are applied, in this order. */
  readonly prune: readonly ObjectRef[];
  /** False: a Namespace is deleted only if nothing else is in it. */
  readonly prunesNamespaces: boolean;
  readonly leftByRke: readonly ObjectRef[];
  /** Inventory before the operation; undefined if the cluster could not be read. */
  readonly known: readonly RecordedObject[] | undefined;
  /** How long an object is tried again that may be accepted later, and a CRD gets to be established. */
  readonly timeoutSeconds: number;
  /** Only for a Helm release. */
  readonly release?: ReleaseSteps;
}

/** What is done around the objects of a Helm release. */
export interface ReleaseSteps {
  /** Created first if it does not exist; undefined if an add-on has it. */
  readonly namespace: string | undefined;
  /** Run in order before its objects are applied, and after. */
  readonly before: readonly HelmHook[];
  readonly after: readonly HelmHook[];
}

/** Deletes the pods that match any of the selectors, and waits for the new ones. */
export interface RestartPods {
  readonly kind: 'restart-pods';
  readonly selectors: readonly string[];
  readonly timeoutSeconds: number;
}

/**
 * Stops the sandboxes of the pods of a host that use the network of pods, so that the kubelet creates them again with other
 * addresses, and waits until they are back. Pods keep their names, volumes and owners.
 */
export interface RecreatePods {
  readonly kind: 'recreate-pods';
  readonly node: NodeIdentity;
  readonly timeoutSeconds: number;
}

/** Writes the copy of the state that the cluster keeps; `text` is the state as compact JSON, with its keys. */
export interface CopyState {
  readonly kind: 'copy-state';
  readonly text: string;
}

/** Writes every Secret again, so that it is stored with the first key. */
export interface RewriteSecrets {
  readonly kind: 'rewrite-secrets';
}

/** Saves in the state how far the encryption of Secrets is. */
export interface RecordEncryption extends EncryptionPair {
  readonly kind: 'record-encryption';
}
