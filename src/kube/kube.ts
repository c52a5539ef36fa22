import type { CallOptions } from '../host/host.js';
import type { KubeObject, ObjectRef } from '../plan/cluster-plan-types.js';

/** How a read is done. */
export interface ReadOptions extends CallOptions {
  /**
   * Asks again for as long as a write would be tried, while the API does not answer or is busy. Without it a read is made
   * once: for whoever looks again anyway, or wants to know at once.
   */
  readonly patient?: boolean;
}

/** The Kubernetes API, through whichever control-plane node answers. Throws RkeError (exit 7). */
export interface KubeApi {
  /** undefined where the object is not there. */
  get(ref: ObjectRef, options: ReadOptions): Promise<KubeObject | undefined>;
  /** All objects of a kind, all namespaces unless one is given. */
  list(kind: ListRef, options: ReadOptions): Promise<readonly KubeObject[]>;
  /** The same one page after the other, for what may be many and large. */
  pages(kind: ListRef, options: PageOptions): AsyncIterable<readonly KubeObject[]>;
  /** Server-side apply as field manager `rke`, conflicts forced; gives the object as stored. */
  apply(object: KubeObject, options: CallOptions): Promise<KubeObject>;
  /**
   * JSON merge patch; gives the object as stored. A patch with a `metadata.resourceVersion` is refused with KUBE_CONFLICT if
   * the object was changed since: whoever sends one reads the object again.
   */
  mergePatch(
    ref: ObjectRef,
    patch: Readonly<Record<string, unknown>>,
    options: CallOptions,
  ): Promise<KubeObject>;
  /** Background propagation; fine when it is not there. */
  delete(ref: ObjectRef, options: CallOptions): Promise<void>;
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

/** Writes that give way to another writer, for locks. Asked once: whoever takes a lock looks again himself. */
export interface ExclusiveWrites {
  /** @returns undefined, and does nothing, where there is an object of that name */
  create(object: KubeObject, options: CallOptions): Promise<KubeObject | undefined>;
  /** @returns undefined, and does nothing, where the object is gone or no longer at its `resourceVersion` */
  replace(object: KubeObject, options: CallOptions): Promise<KubeObject | undefined>;
}
