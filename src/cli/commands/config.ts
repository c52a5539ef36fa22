import { blankFile, fullFile } from '../../config/write/full-file.js';
import { exitCodes, usageError } from '../../core/errors.js';
import { loadCatalog } from '../../run/catalog/catalog-file.js';
import type { CommandContext } from '../command-context.js';
import { readCatalogOptions } from '../options/file-options.js';
import { askCluster } from '../wizard/ask-cluster.js';
import { terminalReader } from '../wizard/terminal-reader.js';
import { putConfig, checkTarget, printDiagnostics, type TargetFlags } from '../write-config.js';
import { configFromCluster, type FromClusterFlags } from './config-from-cluster.js';
import { configResolved, type ResolvedFlags } from './config-resolved.js';
import { listSystemImages, listVersions, type ListFlags } from './config-lists.js';

export interface ConfigFlags extends ListFlags, TargetFlags, ResolvedFlags, FromClusterFlags {
  readonly resolved?: boolean;
  readonly fromCluster?: boolean;
  readonly systemImages?: boolean;
  readonly listVersion?: boolean;
  readonly empty?: boolean;
}

/**
 * `rke config`: lists, an empty file, or the wizard, in RKE's precedence (cmd/config.go:125).
 *
 * @returns the exit code
 * @throws RkeError (exit 2) for flags that exclude each other, an existing file, or a wizard without a terminal
 */
export async function config(flags: ConfigFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  if (flags.resolved === true) return configResolved(flags, context);
  if (flags.fromCluster === true) return configFromCluster(flags, context);
  if (flags.systemImages === true)
    listSystemImages(flags, await loadCatalog(readCatalogOptions(context)), io);
  else if (flags.listVersion === true)
    listVersions(flags, await loadCatalog(readCatalogOptions(context)), io);
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
    throw usageError('rke config needs a terminal for its questions', {
      fix: 'use `rke config init USER@HOST…` to create a file from a list of hosts, or `rke config --empty` for a file to fill in',
    });
  const catalog = await loadCatalog(readCatalogOptions(context));
  using reader = terminalReader(context);
  const text = fullFile(await askCluster(reader, catalog));
  await putConfig(text, flags, io);
  printDiagnostics(text, catalog, flags, io);
}

function refuseListFlags({ all, version, output }: ConfigFlags): void {
  const given = [
    ...(all === true ? ['--all'] : []),
    ...(version === undefined ? [] : ['--version']),
    ...(output === undefined ? [] : ['--output']),
  ];
  if (given.length > 0)
    throw usageError(`${given.join(' and ')} requires --list-version or --system-images`, {
      fix: 'add one of these flags',
    });
}
