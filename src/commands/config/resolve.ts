import type { ClusterSpec } from '../../config/cluster-spec.js';
import { runningVersion } from '../../config/rules/running/version-rules.js';
import { ConfigError } from '../../core/config-error.js';
import type { Diagnostic } from '../../core/diagnostic.js';
import type { FileOptions } from '../../run/cluster-options.js';
import { runningCluster } from '../../run/state/running-cluster.js';
import { checkFile } from './check-file.js';

export interface ResolvedFile {
  readonly text: string;
  /** The cluster with every default. Passwords and keys of the file are in it as they are. */
  readonly spec: ClusterSpec;
  readonly warnings: readonly Diagnostic[];
  /** The file names no kubernetes_version, and keeps the one of the running cluster. */
  readonly isVersionKept: boolean;
}

/**
 * `rke config --resolved`: a cluster file with every default, for the version of the state file beside it if the file names
 * none, as `rke up` does. Contacts no host.
 *
 * @throws ConfigError (exit 3) for an invalid file; the state's (exit 4) if it cannot be used
 */
export async function resolveConfig(options: FileOptions): Promise<ResolvedFile> {
  const lost = 'the version of the running cluster is not known';
  const { text, checked, state } = await checkFile(options, { forChange: false, lost });
  if (!checked.ok) throw new ConfigError(options.configPath, text, checked.diagnostics);
  return {
    text,
    spec: checked.value,
    warnings: checked.warnings,
    isVersionKept: runningVersion(runningCluster(state)) !== undefined,
  };
}
