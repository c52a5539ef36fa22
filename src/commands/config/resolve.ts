import type { ClusterSpec } from '../../config/cluster-spec.js';
import { runningVersion } from '../../config/rules/running/version-rules.js';
import type { Diagnostic } from '../../core/diagnostic.js';
import type { FileOptions } from '../../run/cluster-options.js';
import { invalidCluster, type ClusterSource } from '../../run/cluster-source.js';
import { runningCluster } from '../../run/state/running-cluster.js';
import { checkFile } from './check-file.js';

export interface ResolvedFile {
  readonly source: ClusterSource;
  /** The cluster with every default. It contains the passwords and keys of the file. */
  readonly spec: ClusterSpec;
  readonly warnings: readonly Diagnostic[];
  /** True if the file does not set kubernetes_version, and the running cluster keeps its own. */
  readonly isVersionKept: boolean;
}

/**
 * `rke config --resolved`: resolves every default of a cluster file. If it sets no version, the one of the state file beside it
 * is used, the same as by `rke up`. Contacts no host.
 *
 * @throws ConfigError (exit 3) for an invalid file; RkeError (exit 4) if the state cannot be used
 */
export async function resolveConfigFile(options: FileOptions): Promise<ResolvedFile> {
  const lost = 'the version of the running cluster is unknown';
  const { source, checked, state } = await checkFile(options, { forChange: false, lost });
  if (!checked.ok) throw invalidCluster(source, checked.diagnostics);
  return {
    source,
    spec: checked.value,
    warnings: checked.warnings,
    isVersionKept: runningVersion(runningCluster(state)) !== undefined,
  };
}
