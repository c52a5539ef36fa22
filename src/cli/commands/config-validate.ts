import { validateConfigFile } from '../../commands/config/validate.js';
import type { Diagnostic } from '../../core/diagnostic.js';
import { exitCodes } from '../../core/errors.js';
import { formatDiagnostics } from '../../report/format-diagnostics.js';
import { redactText } from '../../core/redact.js';
import { styleFor } from '../../report/style.js';
import type { CommandContext } from '../command-context.js';
import { readFileOptions, type FileFlags } from '../options/file-options.js';

export interface ValidateFlags extends FileFlags {
  readonly strict?: boolean;
  readonly output?: 'text' | 'json';
}

/** `rke config validate`. @returns 3 if there are errors, with `--strict` also if there are warnings */
export async function configValidate(flags: ValidateFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const options = await readFileOptions(flags, context);
  const { source, diagnostics } = await validateConfigFile({ ...options, strict: flags.strict === true });
  const { file } = source;
  const exitCode = diagnostics.some(({ severity }) => severity === 'error') ? exitCodes.config : exitCodes.ok;
  if (flags.output === 'json')
    io.stdout.write(`${JSON.stringify(toRows(file, diagnostics), undefined, 2)}\n`);
  else if (diagnostics.length === 0) io.stdout.write(`${file} is valid\n`);
  else
    io.stdout.write(
      `${formatDiagnostics(
        { ...source, diagnostics },
        { style: styleFor(io.stdout, io.env), excerpts: io.stdout.isTTY === true, exitCode },
      )}\n`,
    );
  return exitCode;
}

/** One flat object for each diagnostic; the names of its members are a contract. */
function toRows(file: string, diagnostics: readonly Diagnostic[]): readonly object[] {
  return diagnostics.map(({ severity, code, path, position, message, file: other = file }) => ({
    file: other,
    line: position?.line,
    column: position?.column,
    severity,
    code,
    path,
    message: redactText(message),
  }));
}
