import type { Diagnostic } from '../../core/diagnostic.js';
import type { FileOptions } from '../../run/cluster-options.js';
import { checkFile } from './check-file.js';

export interface ValidatedFile {
  readonly text: string;
  /** All mistakes; if there is none, all warnings. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * `rke config validate`: every mistake of a cluster file, and every change that the running cluster of the state file beside it
 * cannot take: what `rke up` refuses before it contacts a host, this reports too.
 *
 * @param isStrict reports warnings as mistakes
 * @throws RkeError (exit 2) if the file cannot be read; the state's (exit 4) if it cannot be used
 */
export async function validateConfig(options: FileOptions, isStrict: boolean): Promise<ValidatedFile> {
  const lost = 'changes of the running cluster were not checked';
  const { text, checked } = await checkFile(options, { forChange: true, lost });
  const found = checked.ok ? checked.warnings : checked.diagnostics;
  return {
    text,
    diagnostics: isStrict ? found.map((one) => ({ ...one, severity: 'error' as const })) : found,
  };
}
