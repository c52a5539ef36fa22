import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { RunFailedError } from '../core/hosts-error.js';
import { planRemove } from '../reconcile/plan-remove.js';
import { lockCluster } from '../state/lease-lock.js';
import { planCluster } from '../run/plan-cluster.js';
import { runOperations } from '../run/run-operations.js';
import { look } from '../run/look.js';
import { noKube, openKube } from '../run/open-kube.js';
import { tellPlan, tellStart } from '../run/tell.js';
import { connect, openLockedSession, type ClusterOptions, type LockedSession } from '../run/session.js';
import { tolerateAll, withUnread } from '../run/unreachable.js';
import { refuseForeignContainers, reportForeignContainers } from '../run/checks/foreign-containers.js';
import { refuseWindows } from '../run/checks/windows-hosts.js';

/**
 * `rke remove`: takes the cluster of a file off its hosts. State and kubeconfig go last, and only when every host is clean:
 * with a host that was not reached they are still needed.
 *
 * @param confirm asked before anything is removed, with what will be
 * @returns false where it was not confirmed
 */
export async function runRemove(
  options: ClusterOptions & {
    readonly confirm: (cluster: string, hosts: readonly string[]) => Promise<boolean>;
  },
): Promise<boolean> {
  const { events } = options;
  await using session = await openLockedSession(options, { forChange: false, command: 'rke remove' });
  const { spec, store, paths } = session;
  if (
    !(await options.confirm(
      spec.clusterName,
      spec.nodes.map(({ address }) => address),
    ))
  )
    return false;
  tellStart(options, 'remove', spec);
  try {
    await removeFromHosts(session, options);
  } catch (error) {
    if (existsSync(paths.state)) events.emit({ type: 'warning', message: keptState(paths.state) });
    throw error;
  }
  await rm(paths.kubeconfig, { force: true });
  await store.remove();
  return true;
}

/** @throws RunFailedError if anything is left on a host, or a host was not reached */
async function removeFromHosts(session: LockedSession, options: ClusterOptions): Promise<void> {
  const { spec, state } = session;
  const { events, signal } = options;
  await using hosts = await connect(session, options);
  tolerateAll(spec.nodes, hosts);
  refuseWindows(hosts.facts, state);
  const plan = planCluster(session, hosts.facts, { certificates: {}, encryptionConfig: '' });
  // To what is planned the API has nothing to say: what is on the hosts goes, whatever it thinks. It has the lock.
  await using kube = openKube(session, hosts.hosts, state?.desiredState.certificatesBundle ?? {});
  await using lease = await lockCluster({ ...session.lock, kube, events, signal });
  await using silent = noKube();
  const observed = await look(plan, hosts, undefined, options);
  const unreached = tolerateAll(spec.nodes, withUnread(hosts, observed));
  // Their names are not needed: only what cleans the hosts is started here.
  refuseForeignContainers(
    { nodes: plan.nodes.map((node) => ({ ...node, containers: [] })) },
    observed,
    'rke remove',
  );
  reportForeignContainers(observed, events);
  const operations = planRemove(plan, observed);
  tellPlan(options, operations);
  await runOperations(operations, {
    options,
    spec,
    hosts: hosts.hosts,
    kube: silent,
    certificates: {},
    failures: unreached,
  });
  if (unreached.length > 0) throw new RunFailedError(unreached, true);
  lease.forget();
}

/** Why a removal that was not completed leaves the state, and the way out if a host will never be clean. */
const keptState = (file: string): string =>
  `${file} and the kubeconfig are kept because not every host is clean: fix the cause and run \`rke remove\` again; if a host no longer exists, remove it from cluster.yml first, and if no host of the cluster exists any more, move ${file} away and keep a copy`;
