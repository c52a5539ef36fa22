import { DeadlineError } from '../../core/deadline.js';
import { messageOf, RkeError, sshError } from '../../core/errors.js';

/** The error for whatever a transport throws; errors of rke are kept. */
export function transportError(host: string, cause: unknown): RkeError {
  if (cause instanceof RkeError) return cause;
  const message = cause instanceof DeadlineError ? cause.message : `transport: ${messageOf(cause)}`;
  return sshError('TRANSPORT_FAILED', message, { host, cause });
}
