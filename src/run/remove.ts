import { rm } from 'node:fs/promises';
import { RunFailedError } from '../core/hosts-error.js';
import { observe } from '../execute/observe.js';
import { unpackFiles } from '../host/tar.js';
import { createKubeApi } from '../kube/client.js';
import { planRemove } from '../reconcile/plan-remove.js';
import { lockCluster } from '../state/lease-lock.js';
import { planCluster } from './plan-cluster.js';
import { runOperations } from './run-operations.js';
import { adminOf, controlPlanesOf, countsOf } from './up.js';
import { connect, openLockedSession, type ClusterOptions } from './session.js';
import { tolerateAll } from './unreachable.js';
import { refuseWindows } from './checks/windows-hosts.js';

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
  const { events, signal, concurrency } = options;
  await using session = await openLockedSession(options, { forChange: false, command: 'rke remove' });
  const { spec, store, paths, state } = session;
  if (
    !(await options.confirm(
      spec.clusterName,
      spec.nodes.map(({ address }) => address),
    ))
  )
    return false;
  const { clusterName: cluster, kubernetesVersion: version, nodes } = spec;
  events.emit({
    type: 'run-started',
    command: 'remove',
    cluster,
    version,
    hosts: nodes.length,
    config: options.configPath,
  });
  await using hosts = await connect(session, options);
  const unreached = tolerateAll(nodes, hosts);
  refuseWindows(hosts.facts);
  const plan = planCluster(session, hosts.facts, { certificates: {}, encryptionConfig: '' });
  // To what is planned the API has nothing to say: what is on the hosts goes, whatever it thinks. It has the lock.
  await using kube = createKubeApi({
    controlPlanes: controlPlanesOf(session, hosts.hosts),
    certificates: adminOf(state?.desiredState.certificatesBundle ?? {}),
  });
  await using lease = await lockCluster({ ...session.lock, kube, events, signal });
  await using noKube = createKubeApi({ controlPlanes: [], certificates: adminOf({}) });
  const observed = await observe(plan, {
    hosts: hosts.hosts,
    facts: hosts.facts,
    kube: noKube,
    concurrency,
    signal,
    unpackFiles,
  });
  const { operations, unchanged } = planRemove(plan, observed);
  events.emit({ type: 'plan-made', ...countsOf(operations), unchanged });
  await runOperations(
    { operations, unchanged },
    {
      hosts: hosts.hosts,
      kube: noKube,
      certificates: {},
      events,
      signal,
      concurrency,
      failures: unreached,
      privateRegistries: spec.privateRegistries ?? [],
    },
  );
  if (unreached.length > 0) throw new RunFailedError(unreached, true);
  lease.forget();
  await rm(paths.kubeconfig, { force: true });
  await store.remove();
  return true;
}
