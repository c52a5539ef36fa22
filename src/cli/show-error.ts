import { exitCodes, RkeError } from '../core/errors.js';
import { formatError } from '../report/format-error.js';
import { styleFor } from '../report/style.js';
import type { Io } from './io.js';

/** Prints an error that no command has reported. @returns its exit code */
export function showError(
  error: unknown,
  { io, debug }: { readonly io: Io; readonly debug: boolean },
): number {
  io.stderr.write(`${formatError(error, { style: styleFor(io.stderr, io.env), debug })}\n`);
  return error instanceof RkeError ? error.exitCode : exitCodes.internal;
}
