import { messageOf, RkeError } from './errors.js';
import type { EventError } from './events.js';

/** An error as events report it: its code (`INTERNAL` of anything that is not an RkeError), message, fix and evidence. */
export function describeError(error: unknown): EventError {
  if (!(error instanceof RkeError)) return { code: 'INTERNAL', message: messageOf(error) };
  const { code, message, fix, details } = error;
  const { evidence = [] } = details;
  return {
    code,
    message,
    ...(fix === undefined ? {} : { fix }),
    ...(evidence.length === 0 ? {} : { evidence }),
  };
}
