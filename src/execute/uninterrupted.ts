import { withDeadline } from '../core/deadline.js';
import type { CallOptions } from '../host/host.js';

const milliseconds = 120_000;

/**
 * Makes calls that are completed once they have started, also when the run is interrupted: Docker does what it was asked for
 * whether or not anyone still waits for the answer, so a caller that gives up would not know the state of the host.
 *
 * @param signal of the run; if it is aborted already, nothing begins
 */
export async function uninterrupted<Value>(
  { signal }: Partial<CallOptions>,
  calls: (options: CallOptions) => Promise<Value>,
): Promise<Value> {
  signal?.throwIfAborted();
  return withDeadline({ milliseconds }, (limit) => calls({ signal: limit }));
}
