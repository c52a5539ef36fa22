import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { Result } from '../../core/diagnostic.js';
import { loadCatalog } from '../../run/catalog/catalog-file.js';
import type { FileOptions } from '../../run/cluster-options.js';
import { checkSource, readClusterSource, type ClusterSource } from '../../run/cluster-source.js';
import { loadReadableState } from '../../run/state/open-state.js';
import { runningCluster } from '../../run/state/running-cluster.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import type { ClusterState } from '../../state/cluster-state.js';

export interface CheckedFile {
  readonly source: ClusterSource;
  readonly checked: Result<ClusterSpec>;
  readonly catalog: VersionCatalog;
  /** State beside the file; undefined if there is none, or its passphrase is missing. */
  readonly state: ClusterState | undefined;
}

/**
 * Checks a cluster file with the state beside it, and returns its errors as data.
 *
 * @param needs `forChange`: what `rke up` would refuse is an error; `lost`: what is unknown without the state
 * @throws RkeError (exit 2) if the file cannot be read; the state's (exit 4) if it cannot be used
 */
export async function checkFile(
  options: FileOptions,
  { forChange, lost }: { readonly forChange: boolean; readonly lost: string },
): Promise<CheckedFile> {
  const [source, catalog] = await Promise.all([readClusterSource(options), loadCatalog(options)]);
  const state = await loadReadableState(options, lost);
  const checked = checkSource(source, {
    ...options.reading,
    ...runningCluster(state),
    catalog,
    forChange,
    // A file can be shown even if the running cluster cannot take its changes.
    judgeChanges: forChange,
  });
  return { source, checked, catalog, state };
}
