import type { DiagnosticCode } from './codes/diagnostic-codes.js';

/** A position in a text: line and column count from 1; `length` is the width of the invalid value in columns. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly length?: number;
  /** The overlay that it is in; the text itself if absent. */
  readonly file?: string;
}

/** One error or warning in the user's input. All diagnostics of a run are printed at once. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** Stable identifier, e.g. `unknown-key`. */
  readonly code: DiagnosticCode;
  /** Path in the document: `nodes[2].role[0]`. */
  readonly path: string;
  /** Where the position is, if it is not cluster.yml: an overlay, or a file or URL of `addons_include`. */
  readonly file?: string;
  readonly position?: Position;
  /** What is invalid and what is expected, without the path. */
  readonly message: string;
}

/** A value or all errors: what the pure layers return instead of throwing. */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };
