import { isRecord } from '../core/stable.js';
import { adminKubeconfigParts, serverUrl, type AdminKubeconfigOptions } from './admin-kubeconfig.js';
import {
  findCollisions,
  itemsOf,
  lists,
  nameOf,
  type Collision,
  type Kubeconfig,
  type List,
} from './entries.js';

export interface MergeOptions extends AdminKubeconfigOptions {
  /** Addresses of all control planes; an entry with one of them is this cluster's. */
  readonly controlPlanes: readonly string[];
  /** Make it the current context even if the file has another one. */
  readonly use: boolean;
}

/** The file with the cluster added, or the names that prevent it. */
export type Merged =
  | { readonly file: Kubeconfig; readonly currentContext: string }
  | { readonly collisions: readonly Collision[] };

/**
 * Adds the cluster, context and user of the administrator to a kubeconfig. Existing entries of this cluster are updated in
 * place; everything else is kept, unknown members and the namespace of a context included.
 *
 * @param file the parsed file; an empty object if there is none
 */
export function mergeKubeconfig(file: Kubeconfig, options: MergeOptions): Merged {
  const { clusterName: name, caPem, controlPlanes, use } = options;
  const { user, cluster, credentials } = adminKubeconfigParts(options);
  const collisions = findCollisions(file, { name, user }, { caPem, servers: controlPlanes.map(serverUrl) });
  if (collisions.length > 0) return { collisions };
  const given = typeof file['current-context'] === 'string' ? file['current-context'] : '';
  const currentContext = use || given === '' ? name : given;
  let merged: Kubeconfig = { apiVersion: 'v1', kind: 'Config', ...file };
  // kubectl rejects, or prefers, members that set the same in another way.
  merged = putEntry(merged, 'clusters', name, cluster, ['certificate-authority', 'insecure-skip-tls-verify']);
  merged = putEntry(merged, 'contexts', name, { cluster: name, user }, []);
  merged = putEntry(merged, 'users', user, credentials, ['client-certificate', 'client-key']);
  return { file: { ...merged, 'current-context': currentContext }, currentContext };
}

function putEntry(
  file: Kubeconfig,
  list: List,
  name: string,
  values: Readonly<Record<string, string>>,
  without: readonly string[],
): Kubeconfig {
  const key = lists[list];
  const items = itemsOf(file, list);
  if (!items.some((item) => nameOf(item) === name))
    return { ...file, [list]: [...items, { [key]: values, name }] };
  const updated = items.map((item) => {
    if (nameOf(item) !== name) return item;
    const before = Object.entries(isRecord(item[key]) ? item[key] : {});
    const kept = Object.fromEntries(before.filter(([member]) => !without.includes(member)));
    return { ...item, [key]: { ...kept, ...values } };
  });
  return { ...file, [list]: updated };
}
