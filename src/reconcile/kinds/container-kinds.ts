import type { ContainerSpec, ObjectRef } from '../../plan/cluster-plan-types.js';

/** Creates a container of the plan, and starts it if it is to run. */
export interface CreateContainer {
  readonly kind: 'create-container';
  readonly container: ContainerSpec;
  readonly reown?: Reown;
  /** Containers of the cluster that use its ports: stopped first, and removed once it has started. */
  readonly insteadOf?: readonly string[];
}

/** Stops a container, keeps it aside, and creates and starts its new generation; the old one comes back if that fails. */
export interface ReplaceContainer {
  readonly kind: 'replace-container';
  readonly container: ContainerSpec;
  readonly changes: readonly FieldChange[];
  readonly reown?: Reown;
  readonly release?: LeaseRelease;
}

/**
 * The Lease of a leader is released when its process has stopped, so that another one leads at once and not when the Lease expires.
 */
export interface LeaseRelease {
  readonly lease: ObjectRef;
  /** Host name of the process: what its identity in the Lease starts with, before `_`. */
  readonly hostname: string;
}

export interface StartContainer {
  readonly kind: 'start-container';
  readonly name: string;
}

export interface RestartContainer {
  readonly kind: 'restart-container';
  readonly name: string;
  /** Files that it has read and that have changed since; empty if it is restarted because it crashes. */
  readonly files: readonly string[];
}

export interface RemoveContainer {
  readonly kind: 'remove-container';
  readonly name: string;
}

/** One compared field of a container that differs, as `rke plan` prints it. Values that may be secret are hashed. */
export interface FieldChange {
  readonly field: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/**
 * What changes owner together with a container: done by a one-shot container of `image` after the old generation has stopped
 * and before the new one is created, and undone if the old one comes back.
 */
export interface Reown {
  readonly image: string;
  readonly binds: readonly string[];
  readonly securityOpt: readonly string[];
  readonly changes: readonly OwnerChange[];
}

/** A file, or a directory with its content, by its path in the one-shot container; nothing happens if it is missing. */
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
