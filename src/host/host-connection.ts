import type { Duplex } from 'node:stream';
import type { RkeError } from '../core/errors.js';
import type { CallOptions, ExecOptions, ExecResult } from './host.js';
import type { TransportConnection } from './transport/transport.js';

/** One connection to one host, by SSH or a transport, whose calls have limits and whose errors name the host. */
export interface HostConnection extends TransportConnection {
  readonly lost: RkeError | undefined;
  exec(command: string, options: ExecOptions): Promise<ExecResult>;
  /** A connection to the input and output of a command on the host; only by SSH. */
  readonly dialCommand?: (command: string, options: CallOptions) => Promise<Duplex>;
}
