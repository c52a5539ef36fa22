import { resolve } from 'node:path';
import { migrateConfig } from '../../config/write/migrate.js';
import { ConfigError } from '../../core/config-error.js';
import { exitCodes, messageOf, usageError } from '../../core/errors.js';
import { writeAtomically } from '../../state/atomic-write.js';
import { catalogFor } from '../catalog-for.js';
import type { CommandContext } from '../command-context.js';
import { readClusterText } from '../../run/read-cluster.js';
import { shortestPath } from '../shortest-path.js';

export interface MigrateFlags {
  readonly config: string;
  readonly write?: boolean;
}

/**
 * `rke config migrate`: prints the cluster file without what it should no longer hold, or writes it. What changes is told on
 * stderr.
 *
 * @throws ConfigError (exit 3) where the file is no YAML; RkeError (exit 2) where it cannot be read or written
 */
export async function configMigrate(
  { config, write }: MigrateFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const path = resolve(io.cwd, config);
  const file = shortestPath(path);
  const [text, catalog] = await Promise.all([readClusterText(file), catalogFor(context)]);
  const migrated = migrateConfig(text, catalog);
  if (!migrated.ok) throw new ConfigError(file, text, migrated.diagnostics);
  for (const { line, what } of migrated.changes) io.stderr.write(`${file}:${line}: ${what}\n`);
  if (migrated.changes.length === 0) io.stderr.write(`${file} holds nothing to migrate.\n`);
  if (write !== true) {
    io.stdout.write(migrated.text);
    return exitCodes.ok;
  }
  if (migrated.changes.length === 0) return exitCodes.ok;
  try {
    await writeAtomically(`${path}.bak`, text);
    await writeAtomically(path, migrated.text);
  } catch (cause) {
    throw usageError(`cannot write ${file}: ${messageOf(cause)}`, {
      fix: 'print the new text with rke config migrate, and put it where it belongs yourself',
      cause,
    });
  }
  io.stderr.write(`${file} is written; the old one is ${file}.bak.\n`);
  return exitCodes.ok;
}
