import type { CallOptions } from '../host/host.js';

/**
 * For calls that are ended once they have begun, also when the run is stopped: Docker does what it was asked for whether or
 * not anybody still waits for the answer, so who breaks a call off does not know what is there.
 *
 * @param signal of the run; where it has been stopped already, nothing begins
 */
export function uninterrupted(signal?: AbortSignal): CallOptions {
  signal?.throwIfAborted();
  return { signal: AbortSignal.timeout(120_000) };
}
