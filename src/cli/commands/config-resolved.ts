import { resolveConfigFile } from '../../commands/config/resolve.js';
import { goShape } from '../../config/resolve/go-shape.js';
import { resolvedYaml } from '../../config/write/resolved-yaml.js';
import { exitCodes } from '../../core/errors.js';
import { formatDiagnostics } from '../../report/format-diagnostics.js';
import { styleFor } from '../../report/style.js';
import type { CommandContext } from '../command-context.js';
import { readFileOptions, type FileFlags } from '../options/file-options.js';

export interface ResolvedFlags extends FileFlags {
  readonly output?: 'text' | 'json';
}

/** `rke config --resolved`: prints YAML that marks defaults, or the JSON of the state file. */
export async function configResolved(flags: ResolvedFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const options = await readFileOptions(flags, context);
  const { source, spec, warnings, isVersionKept } = await resolveConfigFile(options);
  if (warnings.length > 0)
    io.stderr.write(
      `${formatDiagnostics(
        { ...source, diagnostics: warnings },
        { style: styleFor(io.stderr, io.env), excerpts: false, exitCode: exitCodes.ok },
      )}\n`,
    );
  io.stdout.write(
    flags.output === 'json'
      ? `${JSON.stringify(goShape(spec), undefined, 2)}\n`
      : resolvedYaml(spec, source, { isVersionKept }),
  );
  return exitCodes.ok;
}
