import { resolve } from 'node:path';
import { goShape } from '../../config/resolve/go-shape.js';
import { resolvedYaml } from '../../config/write/resolved-yaml.js';
import { runningVersion } from '../../config/rules/running/version-rules.js';
import { ConfigError } from '../../core/config-error.js';
import { exitCodes } from '../../core/errors.js';
import { formatDiagnostics } from '../../report/format-diagnostics.js';
import { styleFor } from '../../report/style.js';
import { catalogFor } from '../catalog-for.js';
import type { CommandContext } from '../command-context.js';
import { checkCluster, readClusterText } from '../../run/read-cluster.js';
import { stateBeside } from '../state-beside.js';
import { runningCluster } from '../../run/state/running-cluster.js';
import { readingOf, type ReadingFlagValues } from '../program/reading-flags.js';
import { shortestPath } from '../shortest-path.js';

export interface ResolvedFlags extends ReadingFlagValues {
  readonly config: string;
  readonly output?: 'text' | 'json';
}

/**
 * `rke config --resolved`: the cluster with every default, as YAML that says where a value comes from that the file does not
 * set, or as the JSON of the state file. A file without kubernetes_version keeps the version of the state file beside it, as
 * `rke up` does. Nothing is contacted. Passwords and keys of the file are printed as they are.
 *
 * @throws ConfigError (exit 3) for a file with mistakes; the state's (exit 4) if it cannot be used
 */
export async function configResolved(flags: ResolvedFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const file = shortestPath(resolve(io.cwd, flags.config));
  const [text, catalog] = await Promise.all([readClusterText(file), catalogFor(context)]);
  const state = await stateBeside(file, io, 'the version of the running cluster is not known');
  const loaded = checkCluster(text, {
    catalog,
    ...runningCluster(state),
    // What a running cluster cannot take is no reason not to print what a file says.
    judgeChanges: false,
    ...readingOf(flags, io.env),
  });
  if (!loaded.ok) throw new ConfigError(file, text, loaded.diagnostics);
  if (loaded.warnings.length > 0)
    io.stderr.write(
      `${formatDiagnostics(
        { file, text, diagnostics: loaded.warnings },
        { style: styleFor(io.stderr, io.env), excerpts: false, exitCode: exitCodes.ok },
      )}\n`,
    );
  io.stdout.write(
    flags.output === 'json'
      ? `${JSON.stringify(goShape(loaded.value), undefined, 2)}\n`
      : resolvedYaml(loaded.value, text, {
          isVersionKept: runningVersion(runningCluster(state)) !== undefined,
        }),
  );
  return exitCodes.ok;
}
