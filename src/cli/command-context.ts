import type { Io } from './io.js';

/** What a command's action gets besides its flags. */
export interface CommandContext {
  readonly io: Io;
  readonly signal: AbortSignal;
}
