import { findUnavailable } from '../../execute/find-unavailable.js';
import type { CallOptions } from '../../host/host.js';
import type { KubeReader } from '../../kube/kube.js';
import { addonStatuses, type AddonStatus } from '../../reconcile/addon-status.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { limitRun } from '../../run/limit-run.js';
import { openSession } from '../../run/session.js';
import { withReadCluster, type ReadCluster } from '../../run/with-cluster.js';
import { describeSources } from './addon-sources.js';
import { prepareAddons, requireKube } from './prepare-addon.js';

/** An add-on, how it compares with cluster.yml, and what defines it. */
export interface ListedAddon extends AddonStatus {
  /** Files, URLs, the chart, or the key of cluster.yml; empty if cluster.yml no longer has it. */
  readonly from: readonly string[];
}

/**
 * `rke addon ls`: lists the add-ons of cluster.yml and of the cluster. Changes nothing and takes no lock; any host by which the
 * API can be reached will do.
 *
 * @throws ConfigError (exit 3), RkeError of the state (4), of the API (7), RunFailedError (5, 6) if no host can be reached
 */
export function listAddons(options: ClusterOptions): Promise<ListedAddon[]> {
  return limitRun(options, list);
}

async function list(options: ClusterOptions): Promise<ListedAddon[]> {
  const session = await openSession(options, { forChange: false });
  const { needs } = await prepareAddons(session, options);
  return withReadCluster(session, options, needs('addon ls', 'list'), async (cluster) => {
    requireKube(cluster.observed);
    const sourceOf = describeSources(session, options.configPath, cluster.plan.userAddons ?? []);
    const statuses = await readAddonStatuses(cluster);
    return statuses.map((status) => ({
      ...status,
      from: status.state === 'not-in-cluster-yml' ? [] : sourceOf(status.name),
    }));
  });
}

/** Compares the add-ons of a cluster whose API was read, and looks what of them is not available. */
export async function readAddonStatuses({
  plan,
  observed,
  kube,
  options: { signal },
}: Pick<ReadCluster, 'plan' | 'observed' | 'kube' | 'options'>): Promise<AddonStatus[]> {
  const [unavailable, statuses] = await Promise.all([
    findUnavailable(plan.addons, { kube, signal }),
    withoutDeleted(addonStatuses(plan, observed), kube, { signal }),
  ]);
  const lacking = new Map(unavailable.map(({ addon, lacks }) => [addon, lacks]));
  return statuses.map((status) => ({
    ...status,
    troubles: [...(lacking.get(status.name) ?? []), ...status.troubles],
  }));
}

/** Of add-ons that RKE v1 or an earlier configuration had, only the objects that exist: nothing records what was deleted. */
async function withoutDeleted(
  statuses: readonly AddonStatus[],
  kube: KubeReader,
  options: CallOptions,
): Promise<AddonStatus[]> {
  const reads = statuses.map(async (status): Promise<AddonStatus[]> => {
    if (status.kind !== 'system' || status.state !== 'not-in-cluster-yml') return [status];
    const found = await Promise.all(status.objects.map((ref) => kube.get(ref, options)));
    const objects = status.objects.filter((_, index) => found[index] !== undefined);
    return objects.length === 0 ? [] : [{ ...status, objects }];
  });
  return (await Promise.all(reads)).flat();
}
