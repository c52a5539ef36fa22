import { migrateConfigFile } from '../../commands/config/migrate.js';
import { exitCodes } from '../../core/errors.js';
import { configNameOf } from '../../run/cluster-source.js';
import type { CommandContext } from '../command-context.js';
import { readFileOptions, type FileFlags } from '../options/file-options.js';

export interface MigrateFlags extends FileFlags {
  readonly write?: boolean;
}

/** `rke config migrate`: prints the new text, or writes it. Changes are listed on stderr. */
export async function configMigrate(flags: MigrateFlags, context: CommandContext): Promise<number> {
  const { stdout, stderr } = context.io;
  const options = await readFileOptions(flags, context);
  const file = configNameOf(options);
  const write = flags.write === true;
  const { text, changes } = await migrateConfigFile({ ...options, write });
  for (const { line, what } of changes) stderr.write(`${file}:${line}: ${what}\n`);
  if (changes.length === 0) stderr.write(`${file}: nothing to migrate\n`);
  if (!write) stdout.write(text);
  else if (changes.length > 0) stderr.write(`${file} written; the previous file is ${file}.bak\n`);
  return exitCodes.ok;
}
