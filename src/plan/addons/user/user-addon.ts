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

/** Names of the add-ons of `addons` and `addons_include` (RKE cluster/addons.go:24). */
export const inlineName = 'rke-user-addon';
export const includesName = 'rke-user-includes-addons';

/** `file:line` of an origin, for messages. */
export const placeOf = ({ file, line }: Origin): string => `${file}:${line}`;
