import { isRecord } from '../core/stable.js';
import { adminKubeconfigParts, serverUrl, type AdminKubeconfigOptions } from './admin-kubeconfig.js';
import {
  collisionsOf,
  itemsOf,
  lists,
  nameOf,
  type Collision,
  type Kubeconfig,
  type List,
} from './entries.js';

export interface MergeOptions extends AdminKubeconfigOptions {
  /** Addresses of all control planes: by them an entry is known as this cluster's. */
  readonly controlPlanes: readonly string[];
  /** Make it the current context, also where the file has another one. */
  readonly use: boolean;
}

/** The file with the cluster in it, or what stands in the way. */
export type Merged =
  | { readonly file: Kubeconfig; readonly currentContext: string }
  | { readonly collisions: readonly Collision[] };

/**
 * Puts cluster, context and user of an administrator into a kubeconfig. All else stays, members that are not known and the
 * namespace of a context included. Entries of this cluster are brought up to date where they stand.
 *
 * @param file what the file has; an empty object for none
 */
export function mergeKubeconfig(file: Kubeconfig, options: MergeOptions): Merged {
  const { clusterName: name, caPem, controlPlanes, use } = options;
  const { user, cluster, credentials } = adminKubeconfigParts(options);
  const collisions = collisionsOf(file, { name, user }, { caPem, servers: controlPlanes.map(serverUrl) });
  if (collisions.length > 0) return { collisions };
  const given = typeof file['current-context'] === 'string' ? file['current-context'] : '';
  const currentContext = use || given === '' ? name : given;
  let merged: Kubeconfig = { apiVersion: 'v1', kind: 'Config', ...file };
  // What stands for the same in another way must go: kubectl refuses both, or prefers the other one.
  merged = put(merged, 'clusters', name, cluster, ['certificate-authority', 'insecure-skip-tls-verify']);
  merged = put(merged, 'contexts', name, { cluster: name, user }, []);
  merged = put(merged, 'users', user, credentials, ['client-certificate', 'client-key']);
  return { file: { ...merged, 'current-context': currentContext }, currentContext };
}

function put(
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
