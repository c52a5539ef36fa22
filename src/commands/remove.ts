import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { HookSpec } from '../config/hook-spec.js';
import { readSnapshots } from '../execute/read-snapshots.js';
import { snapshotDirectory } from '../plan/components/etcd-snapshots.js';
import { toHookNode } from '../reconcile/kinds/hook-kinds.js';
import { addHooks } from '../reconcile/order/add-hooks.js';
import { planRemove } from '../reconcile/plan-remove.js';
import { reportForeignContainers } from '../run/checks/foreign-containers.js';
import { readingConcurrencyOf, type ClusterOptions, type HooksOption } from '../run/cluster-options.js';
import { execute } from '../run/execute.js';
import { loadHooks } from '../run/hooks/load-hooks.js';
import { planCluster } from '../run/plan-cluster.js';
import { emitPlanMade, emitRunStarted } from '../run/run-events.js';
import { limitRun } from '../run/limit-run.js';
import { openLockedSession, type LockedSession } from '../run/session.js';
import { withCluster, type ClusterNeeds, type ObservedRun } from '../run/with-cluster.js';

export interface RemoveOptions extends ClusterOptions, HooksOption {
  /** Called before anything is removed; false leaves everything as it is. */
  readonly confirm: (cluster: string, hosts: readonly string[]) => Promise<boolean>;
  /** Also deletes the etcd snapshots on the hosts, which are kept by default. Those in S3 are always kept. */
  readonly deleteSnapshots?: boolean | undefined;
}

/**
 * `rke remove`: removes a cluster from its hosts. State and kubeconfig are deleted last, and only if every host is clean, because
 * they are still needed for a host that was not reached.
 *
 * @returns false if it was not confirmed
 * @throws RunFailedError (exit 5, 6 or 9) if a host was not reached, or something is left on one
 */
export function removeCluster(options: RemoveOptions): Promise<boolean> {
  return limitRun(options, remove);
}

async function remove(options: RemoveOptions): Promise<boolean> {
  const { events } = options;
  await using session = await openLockedSession(options, {
    forChange: false,
    duringRestore: true,
    command: 'rke remove',
  });
  const { spec, store, paths } = session;
  const hooks = await loadHooks(options.hooksFile, spec.nodes);
  const addresses = spec.nodes.map(({ address }) => address);
  if (!(await options.confirm(spec.clusterName, addresses))) return false;
  emitRunStarted(options, 'remove', spec);
  try {
    await removeFromHosts(session, options, hooks);
  } catch (error) {
    if (existsSync(paths.state)) events.emit({ type: 'warning', message: explainKeptState(paths.state) });
    throw error;
  }
  await rm(paths.kubeconfig, { force: true });
  await store.remove();
  return true;
}

/** @throws RunFailedError if anything is left on a host, or a host was not reached */
async function removeFromHosts(
  session: LockedSession,
  options: RemoveOptions,
  hooks: readonly HookSpec[],
): Promise<void> {
  const needs: ClusterNeeds = {
    command: 'rke remove',
    purpose: 'remove',
    // For the lease in the cluster; what is removed depends only on the hosts.
    certificates: session.state?.desiredState.certificatesBundle ?? {},
    plan: (facts) => planCluster(session, facts, { certificates: {}, encryptionConfig: '' }),
  };
  await withCluster(session, options, needs, async (cluster) => {
    const { plan, observed } = cluster;
    reportForeignContainers(observed, options.events);
    const removal = planRemove(plan, observed, { deletesSnapshots: options.deleteSnapshots });
    const { clusterName, nodes } = session.spec;
    const operations = addHooks(removal, {
      hooks,
      cluster: clusterName,
      command: 'rke remove',
      nodes: nodes.map((node) => toHookNode(node, 'remove')),
    });
    emitPlanMade(options.events, operations);
    await execute(cluster, operations);
    await reportKeptSnapshots(cluster);
    cluster.forgetLock();
  });
}

/** Warns of the snapshots that are left on the hosts: they contain the keys and Secrets of the cluster. */
async function reportKeptSnapshots({ hosts, options }: ObservedRun): Promise<void> {
  const { events, signal } = options;
  const kept = await readSnapshots({ hosts, concurrency: readingConcurrencyOf(options), signal });
  for (const [host, found] of kept) {
    const number = 'files' in found ? found.files.length : 0;
    if (number === 0) continue;
    const message = `${number} etcd ${number === 1 ? 'snapshot is' : 'snapshots are'} kept in ${snapshotDirectory}`;
    events.emit({ type: 'warning', host, message });
  }
}

/** Why the state is kept, and what to do if a host cannot be cleaned. */
const explainKeptState = (file: string): string =>
  `kept ${file} and the kubeconfig, because not every host is clean: fix the cause and run \`rke remove\` again; if a host no longer exists, remove it from cluster.yml first; if no host of the cluster exists any more, run \`mv ${file} ${file}.removed\``;
