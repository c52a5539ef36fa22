import type { DiagnosticCode } from './codes/diagnostic-codes.js';

/** A place in a text: both count from 1; `length` is the width of the offending value in columns. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly length?: number;
}

/** One mistake (or warning) in the user's input. All of a run's diagnostics are shown at once. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** Stable identifier, e.g. `unknown-key`. */
  readonly code: DiagnosticCode;
  /** Where in the document, as the user would write it: `nodes[2].role[0]`. */
  readonly path: string;
  readonly position?: Position;
  /** What is wrong and what is allowed, without the path. */
  readonly message: string;
}

/** Value or all mistakes: what the pure layers return instead of throwing. */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };
