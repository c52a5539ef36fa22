import { blankFile, fullFile } from '../../config/write/full-file.js';
import { exitCodes, usageError } from '../../core/errors.js';
import { catalogFor } from '../catalog-for.js';
import type { CommandContext } from '../command-context.js';
import { askCluster } from '../wizard/ask-cluster.js';
import { terminalReader } from '../wizard/terminal-reader.js';
import { putConfig, checkTarget, printMistakes, type TargetFlags } from '../write-config.js';
import { configResolved, type ResolvedFlags } from './config-resolved.js';
import { listSystemImages, listVersions, type ListFlags } from './config-lists.js';

export interface ConfigFlags extends ListFlags, TargetFlags, ResolvedFlags {
  readonly resolved?: boolean;
  readonly systemImages?: boolean;
  readonly listVersion?: boolean;
  readonly empty?: boolean;
}

/**
 * `rke config`: lists, an empty file, or the wizard, in RKE's precedence (cmd/config.go:125).
 *
 * @returns the exit code
 * @throws RkeError (exit 2) for flags that do not go together, for a file that is there, and where there is nobody to ask
 */
export async function config(flags: ConfigFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  if (flags.resolved === true) return configResolved(flags, context);
  if (flags.systemImages === true) listSystemImages(flags, await catalogFor(context), io);
  else if (flags.listVersion === true) listVersions(flags, await catalogFor(context), io);
  else {
    refuseListFlags(flags);
    checkTarget(flags, io);
    if (flags.empty === true) await putConfig(fullFile(blankFile), flags, io);
    else await runWizard(flags, context);
  }
  return exitCodes.ok;
}

async function runWizard(flags: ConfigFlags, context: CommandContext): Promise<void> {
  const { io } = context;
  if (!io.stdin.isTTY)
    throw usageError('rke config is interactive, but there is no terminal', {
      fix: 'run rke config init USER@HOST… for a file from a list of hosts, or rke config --empty for a file to fill in',
    });
  const catalog = await catalogFor(context);
  using reader = terminalReader(context);
  const text = fullFile(await askCluster(reader, catalog));
  await putConfig(text, flags, io);
  printMistakes(text, catalog, flags, io);
}

function refuseListFlags({ all, version, output }: ConfigFlags): void {
  const given = [
    ...(all === true ? ['--all'] : []),
    ...(version === undefined ? [] : ['--version']),
    ...(output === undefined ? [] : ['--output']),
  ];
  if (given.length > 0)
    throw usageError(`${given.join(' and ')} has no effect here`, {
      fix: 'add --list-version or --system-images',
    });
}
