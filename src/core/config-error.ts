import type { Diagnostic } from './diagnostic.js';
import { RkeError } from './errors.js';

/** All errors of a cluster.yml, with its text, so that they can be printed with their lines. */
export class ConfigError extends RkeError {
  readonly file: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];

  constructor(file: string, text: string, diagnostics: readonly Diagnostic[]) {
    super('CONFIG_INVALID', `${file} is invalid`);
    this.name = 'ConfigError';
    this.file = file;
    this.text = text;
    this.diagnostics = diagnostics;
  }
}
