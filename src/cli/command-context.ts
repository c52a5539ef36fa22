import type { Io } from './io.js';

/** What a command gets besides its flags. */
export interface CommandContext {
  readonly io: Io;
  readonly signal: AbortSignal;
}
