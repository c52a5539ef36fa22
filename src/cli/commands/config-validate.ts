import { resolve } from 'node:path';
import type { Diagnostic } from '../../core/diagnostic.js';
import { exitCodes } from '../../core/errors.js';
import { formatDiagnostics } from '../../report/format-diagnostics.js';
import { redactText } from '../../report/redact.js';
import { styleFor } from '../../report/style.js';
import { catalogFor } from '../catalog-for.js';
import type { CommandContext } from '../command-context.js';
import { checkCluster, readClusterText } from '../../run/read-cluster.js';
import { runningCluster } from '../../run/state/running-cluster.js';
import { readingOf, type ReadingFlagValues } from '../program/reading-flags.js';
import { shortestPath } from '../shortest-path.js';
import { stateBeside } from '../state-beside.js';

export interface ValidateFlags extends ReadingFlagValues {
  readonly config: string;
  readonly strict?: boolean;
  readonly output?: 'text' | 'json';
}

/**
 * `rke config validate`: every mistake and warning of a cluster file, and every change that the running cluster of the state
 * file beside it cannot take: what `rke up` refuses before it contacts a host, this refuses too.
 *
 * @returns 3 if there are mistakes; with `--strict` also if there are warnings
 * @throws RkeError (exit 2) if there is no such file; the state's (exit 4) if it cannot be used
 */
export async function configValidate(flags: ValidateFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const file = shortestPath(resolve(io.cwd, flags.config));
  const [text, catalog] = await Promise.all([readClusterText(file), catalogFor(context)]);
  const loaded = checkCluster(text, {
    catalog,
    forChange: true,
    ...runningCluster(await stateBeside(file, io, 'changes of the running cluster were not checked')),
    ...readingOf(flags, io.env),
  });
  const found = loaded.ok ? loaded.warnings : loaded.diagnostics;
  const diagnostics = found.map((one) =>
    flags.strict === true ? { ...one, severity: 'error' as const } : one,
  );
  const exitCode = diagnostics.some(({ severity }) => severity === 'error') ? exitCodes.config : exitCodes.ok;
  if (flags.output === 'json') io.stdout.write(`${JSON.stringify(rows(file, diagnostics), undefined, 2)}\n`);
  else if (diagnostics.length === 0) io.stdout.write(`${file} has no mistakes.\n`);
  else
    io.stdout.write(
      `${formatDiagnostics(
        { file, text, diagnostics },
        { style: styleFor(io.stdout, io.env), excerpts: io.stdout.isTTY === true, exitCode },
      )}\n`,
    );
  return exitCode;
}

/** Flat, one object for each, with names that stay. */
function rows(file: string, diagnostics: readonly Diagnostic[]): readonly object[] {
  return diagnostics.map(({ severity, code, path, position, message }) => ({
    file,
    line: position?.line,
    column: position?.column,
    severity,
    code,
    path,
    message: redactText(message),
  }));
}
