import type { Duplex } from 'node:stream';
import type { CallOptions, ExecResult } from '../host.js';

/** A way to hosts other than SSH, e.g. of a program to which the hosts dial in. Given as `transport` in the options of a command. */
export interface Transport {
  /**
   * Connects to one host. Called once for each host of cluster.yml, and again if the connection is lost.
   *
   * @throws any error: the host is unreachable for the run, with its message
   */
  connect(node: TransportNode, options: CallOptions): Promise<TransportConnection>;
}

/** The host of an entry of `nodes` in cluster.yml. */
export interface TransportNode {
  readonly address: string;
  readonly user?: string | undefined;
}

/** One connection to one host, for many calls at once. The Docker API, etcd and the Kubernetes API go over it. */
export interface TransportConnection extends AsyncDisposable {
  /** Why the connection no longer exists; undefined while it does. */
  readonly lost: Error | undefined;
  /** Runs a command line in a POSIX shell of a user who may use Docker. Resolves whatever its exit code. */
  exec(command: string, options: CallOptions): Promise<ExecResult>;
  /** Opens a TCP connection from the host, e.g. to its own 127.0.0.1:6443. */
  dial(target: { readonly host: string; readonly port: number }, options: CallOptions): Promise<Duplex>;
  /** Opens a connection to a unix socket of the host, e.g. `/var/run/docker.sock`. */
  dialSocket(path: string, options: CallOptions): Promise<Duplex>;
}
