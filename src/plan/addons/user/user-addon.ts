import type { KubeObject } from '../../cluster-plan-types.js';

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
  /** For people: what of its source has no effect. */
  readonly notes?: readonly string[];
}

/** Names of the add-ons of `addons` and `addons_include` (RKE cluster/addons.go:24). */
export const inlineName = 'rke-user-addon';
export const includesName = 'rke-user-includes-addons';

/** `file:line` of an origin, for messages. */
export const placeOf = ({ file, line }: Origin): string => `${file}:${line}`;
