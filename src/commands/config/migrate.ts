import { migrateConfig } from '../../config/write/migrate.js';
import { ConfigError } from '../../core/config-error.js';
import { fileErrorOf, usageError } from '../../core/errors.js';
import { loadCatalog } from '../../run/catalog/catalog-file.js';
import type { FileOptions } from '../../run/cluster-options.js';
import { readClusterText } from '../../run/read-cluster.js';
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
 * @throws ConfigError (exit 3) if the file is not YAML; RkeError (exit 2) if it cannot be read or written
 */
export async function migrateConfigFile({
  write = false,
  ...options
}: MigrateOptions): Promise<MigratedFile> {
  const { configPath: file } = options;
  const [text, catalog] = await Promise.all([readClusterText(file), loadCatalog(options)]);
  const migrated = migrateConfig(text, catalog);
  if (!migrated.ok) throw new ConfigError(file, text, migrated.diagnostics);
  if (write && migrated.changes.length > 0) await replaceFile(file, text, migrated.text);
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
