import type { CallOptions } from '../host/host.js';
import type { KubeObject, ObjectRef } from '../plan/cluster-plan-types.js';

/** How a read is done. */
export interface ReadOptions extends CallOptions {
  /**
   * Repeats the read for as long as a write, while the API does not answer or is busy. Without it a read is made once, for
   * callers that repeat it anyway or need the result at once.
   */
  readonly patient?: boolean;
}

/** Reads of the Kubernetes API, through whichever control-plane node answers. Throws RkeError (exit 7). */
export interface KubeReader {
  /** undefined if the object does not exist. */
  get(ref: ObjectRef, options: ReadOptions): Promise<KubeObject | undefined>;
  /** All objects of a kind, all namespaces unless one is given. */
  list(kind: ListRef, options: ReadOptions): Promise<readonly KubeObject[]>;
  /** The same page by page, for many or large objects. */
  pages(kind: ListRef, options: PageOptions): AsyncIterable<readonly KubeObject[]>;
  /** True if objects of the kind are in namespaces; undefined if the cluster does not serve the kind. */
  isNamespaced(
    kind: Pick<ObjectRef, 'apiVersion' | 'kind'>,
    options: CallOptions,
  ): Promise<boolean | undefined>;
  /**
   * What people have put into a namespace: of every kind that can be listed and deleted, without what Kubernetes itself creates in
   * each namespace, events, and what belongs to another object of the namespace.
   */
  contentsOf(namespace: string, options: CallOptions): Promise<readonly ObjectRef[]>;
  /** Text of the metrics of every kube-apiserver that gives them. */
  metrics(options: CallOptions): Promise<readonly string[]>;
}

export interface ApplyOptions extends CallOptions {
  /** Does not repeat a call that failed, for callers that repeat it themselves. */
  readonly once?: boolean;
}

/** The Kubernetes API. */
export interface KubeApi extends KubeReader {
  /** Server-side apply as field manager `rke`, conflicts forced. @returns the stored object */
  apply(object: KubeObject, options: ApplyOptions): Promise<KubeObject>;
  /**
   * JSON merge patch. A patch with a `metadata.resourceVersion` is refused with KUBE_CONFLICT if the object has changed since:
   * the caller reads it again.
   *
   * @returns the stored object
   */
  mergePatch(
    ref: ObjectRef,
    patch: Readonly<Record<string, unknown>>,
    options: CallOptions,
  ): Promise<KubeObject>;
  /** No error if it does not exist. */
  delete(ref: ObjectRef, options: DeleteOptions): Promise<void>;
  /**
   * Asks for the eviction of a pod, which its PodDisruptionBudgets may not allow now.
   *
   * @returns undefined if the pod ends or is gone; otherwise why not
   */
  evict(pod: ObjectRef, options: EvictOptions): Promise<string | undefined>;
}

export interface DeleteOptions extends CallOptions {
  /** The object exists until everything that it owns is deleted; by default it is gone at once. */
  readonly isForeground?: boolean;
  /** Seconds that it has to end; 0 deletes a pod at once, although its kubelet has not confirmed its end. */
  readonly gracePeriodSeconds?: number;
}

export interface EvictOptions extends CallOptions {
  /** Seconds that the pod has to end; negative: what the pod itself says. */
  readonly gracePeriodSeconds: number;
}

export interface PageOptions extends ReadOptions {
  /** Objects in one answer. */
  readonly size: number;
}

export interface ListRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

/** Writes that yield to another writer, for locks. Made once: the caller repeats them. */
export interface ExclusiveWrites {
  /** @returns undefined if there is an object of that name, which is not changed */
  create(object: KubeObject, options: CallOptions): Promise<KubeObject | undefined>;
  /** @returns undefined if the object no longer exists or has another `resourceVersion`; it is not changed */
  replace(object: KubeObject, options: CallOptions): Promise<KubeObject | undefined>;
}
