import type { ClusterSpec } from '../config/cluster-spec.js';
import type { OverlayText } from '../config/schema/read-documents.js';
import type { LoadOptions } from '../config/validate.js';
import { ConfigError } from '../core/config-error.js';
import type { Diagnostic, Result } from '../core/diagnostic.js';
import { usageError } from '../core/errors.js';
import { checkCluster, readClusterText } from './read-cluster.js';

/** A cluster file that is not read from its path, e.g. from standard input. */
export interface ClusterInput {
  /** Its name in messages, e.g. `<stdin>`. */
  readonly name: string;
  /** Returns its text. May be called more than once, and always returns the same. */
  readonly read: () => Promise<string>;
}

/** Where a cluster file comes from. */
export interface ClusterSourceOptions {
  /** Path of cluster.yml. The state file, the kubeconfig and the log are beside it, and paths in it are relative to its directory. */
  readonly configPath: string;
  /** Replaces the content of that file, which then need not exist. */
  readonly input?: ClusterInput | undefined;
  /** Paths of files whose keys override those of the cluster file, the last one on top. */
  readonly overlays?: readonly string[] | undefined;
}

/** A cluster file as it was read. */
export interface ClusterSource {
  /** Its name in messages. */
  readonly file: string;
  /** The text of the cluster file alone. */
  readonly text: string;
  readonly overlays: readonly OverlayText[];
}

/** Name of the cluster file in messages and events. */
export function configNameOf({ configPath, input }: ClusterSourceOptions): string {
  return input?.name ?? configPath;
}

/**
 * Reads the cluster file of a command.
 *
 * @param edited text of the file, if it is about to be changed
 * @throws RkeError (exit 2) if it cannot be read, ConfigError (exit 3) if it is not readable text
 */
export async function readClusterSource(
  options: ClusterSourceOptions,
  edited?: string,
): Promise<ClusterSource> {
  const { configPath, input, overlays = [] } = options;
  const text = edited ?? (await (input === undefined ? readClusterText(configPath) : input.read()));
  const texts: OverlayText[] = [];
  for (const file of overlays) texts.push({ file, text: await readClusterText(file, '--overlay') });
  return { file: configNameOf(options), text, overlays: texts };
}

/** Checks a cluster file; its rules may read files of this machine. */
export function checkSource(
  { text, overlays }: ClusterSource,
  options: Omit<LoadOptions, 'exists' | 'readText' | 'isPrivateKey' | 'overlays'>,
): Result<ClusterSpec> {
  return checkCluster(text, { ...options, overlays });
}

/** The error for a cluster file that is invalid. */
export function invalidCluster(
  { file, text }: Pick<ClusterSource, 'file' | 'text'>,
  diagnostics: readonly Diagnostic[],
): ConfigError {
  return new ConfigError(file, text, diagnostics);
}

/**
 * Refuses a command that changes the cluster file itself.
 *
 * @param fix what to do instead
 * @throws RkeError (exit 2) if it is not read from its path
 */
export function refuseEditing({ input }: ClusterSourceOptions, fix: string): void {
  if (input !== undefined)
    throw usageError(`the cluster file is ${input.name}, which cannot be changed`, { fix });
}
