import type { Role } from '../../config/cluster-spec.js';
import type { HostDirectory, HostFile } from '../../plan/cluster-plan-types.js';

export interface PullImage {
  readonly kind: 'pull-image';
  readonly image: string;
}

/** Writes files and sets owners and modes of directories, by a one-shot container of `image`. */
export interface PutFiles {
  readonly kind: 'put-files';
  readonly files: readonly WrittenFile[];
  readonly directories: readonly HostDirectory[];
  readonly image: string;
  /** Mounts the host's directory of the cluster at /etc/kubernetes. */
  readonly bind: string;
}

export interface WrittenFile extends HostFile {
  /** When the content became this one, in seconds by the clock of the host; absent if no container can have read another. */
  readonly replacedAt?: 'now' | number;
}

/** Removes a file below /etc/kubernetes by a one-shot container of `image` that binds the directory. */
export interface RemoveFile {
  readonly kind: 'remove-file';
  readonly path: string;
  readonly image: string;
  readonly bind: string;
}

/** Removes the containers of all pods. */
export interface RemovePods {
  readonly kind: 'remove-pods';
}

/** Connects from the host to ports of other hosts. */
export interface ProbePorts {
  readonly kind: 'probe-ports';
  readonly targets: readonly PortTarget[];
}

/** A port of another host that must be reached. */
export interface PortTarget {
  readonly host: string;
  /** Address that the other hosts use. */
  readonly address: string;
  readonly port: number;
  /** Role that needs the port open. */
  readonly role: Role;
}

/** Removes what a network plugin left on the host, with a privileged one-shot container of `image`. */
export interface CleanNetwork {
  readonly kind: 'clean-network';
  readonly image: string;
  readonly script: string;
}

/** Runs the cleaner, a privileged one-shot container of `image`, on the host. */
export interface CleanHost {
  readonly kind: 'clean-host';
  readonly image: string;
  readonly script: string;
}
