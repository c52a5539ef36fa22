import { migrateConfig } from '../../config/write/migrate.js';
import { fileErrorOf, usageError } from '../../core/errors.js';
import { loadCatalog } from '../../run/catalog/catalog-file.js';
import type { FileOptions } from '../../run/cluster-options.js';
import { invalidCluster, readClusterSource, refuseEditing } from '../../run/cluster-source.js';
import { writeAtomically } from '../../state/atomic-write.js';

export interface MigrateOptions extends FileOptions {
  /** Writes the file if something changes; the previous one is kept beside it as .bak. */
  readonly write?: boolean;
}

export interface MigratedFile {
  /** The text without deprecated keys. */
  readonly text: string;
  readonly changes: readonly { readonly line: number; readonly what: string }[];
}

/**
 * `rke config migrate`: replaces deprecated keys in a cluster file. Comments are kept.
 *
 * @throws ConfigError (exit 3) if the file is not YAML; RkeError (exit 2) if it cannot be read or written, or is not a file
 */
export async function migrateConfigFile({
  write = false,
  ...options
}: MigrateOptions): Promise<MigratedFile> {
  if (write) refuseEditing(options, 'print the new text with `rke config migrate`');
  const [source, catalog] = await Promise.all([readClusterSource(options), loadCatalog(options)]);
  const { text } = source;
  const migrated = migrateConfig(text, catalog);
  if (!migrated.ok) throw invalidCluster(source, migrated.diagnostics);
  if (write && migrated.changes.length > 0) await replaceFile(options.configPath, text, migrated.text);
  return migrated;
}

async function replaceFile(file: string, before: string, after: string): Promise<void> {
  try {
    await writeAtomically(`${file}.bak`, before);
    await writeAtomically(file, after);
  } catch (cause) {
    throw usageError(`cannot write ${file}: ${fileErrorOf(cause)}`, {
      fix: 'print the new text with `rke config migrate` and write the file yourself',
      cause,
    });
  }
}
