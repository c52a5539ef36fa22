import type { ExitName } from './exit-codes.js';

/** What docs/errors.md has about one error code. The message of an error is more specific. */
export interface ErrorEntry {
  /** Class of the failure, which gives the exit code; several if the class depends on what failed. */
  readonly exit: ExitName | readonly ExitName[];
  /** What the code means, as a clause without a full stop. */
  readonly summary: string;
  /** What usually helps, as an imperative without a full stop. Must be safe for a running cluster. */
  readonly fix: string;
}

export type ErrorTable = Readonly<Record<string, ErrorEntry>>;
