import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { Result } from '../../core/diagnostic.js';
import { loadCatalog } from '../../run/catalog/catalog-file.js';
import type { FileOptions } from '../../run/cluster-options.js';
import { checkCluster, readClusterText } from '../../run/read-cluster.js';
import { loadReadableState } from '../../run/state/open-state.js';
import { runningCluster } from '../../run/state/running-cluster.js';
import type { ClusterState } from '../../state/cluster-state.js';
import type { VersionCatalog } from '../../versions/catalog.js';

export interface CheckedFile {
  readonly text: string;
  readonly checked: Result<ClusterSpec>;
  /** State beside the file; undefined if there is none, or its passphrase is missing. */
  readonly state: ClusterState | undefined;
}

/** The version catalogue that the options name. @throws RkeError (exit 2) if it cannot be read */
export function readCatalog({
  metadata,
  events,
  signal,
}: Pick<FileOptions, 'metadata' | 'events' | 'signal'>): Promise<VersionCatalog> {
  const warn = (message: string): void => events.emit({ type: 'warning', message });
  return loadCatalog(metadata === undefined ? undefined : { ...metadata, warn, signal });
}

/**
 * Checks a cluster file with the state beside it, and returns its mistakes as data.
 *
 * @param needs `forChange`: what `rke up` would refuse is a mistake; `lost`: what cannot be said without the state
 * @throws RkeError (exit 2) if the file cannot be read; the state's (exit 4) if it cannot be used
 */
export async function checkFile(
  options: FileOptions,
  { forChange, lost }: { readonly forChange: boolean; readonly lost: string },
): Promise<CheckedFile> {
  const [text, catalog] = await Promise.all([readClusterText(options.configPath), readCatalog(options)]);
  const state = await loadReadableState(options, lost);
  const checked = checkCluster(text, {
    ...options.reading,
    ...runningCluster(state),
    catalog,
    forChange,
    // What a running cluster cannot take is no reason not to show what a file says.
    judgeChanges: forChange,
  });
  return { text, checked, state };
}
