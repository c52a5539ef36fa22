import { observe } from '../execute/observe.js';
import type { Probe } from '../execute/run-context.js';
import type { HostSet } from '../host/connect.js';
import { unpackFiles } from '../host/tar.js';
import type { KubeApi } from '../kube/kube.js';
import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import type { ObservedCluster } from '../reconcile/observed.js';
import { concurrencyOf, type ClusterOptions } from './session.js';

/**
 * How the connected hosts and the cluster are, by reads alone.
 *
 * @param probe asks for the health of what runs; without it nobody is asked
 * @throws RkeError of a host whose Docker does not answer
 */
export function look(
  plan: ClusterPlan,
  { hosts, facts }: Pick<HostSet, 'hosts' | 'facts'>,
  kube: KubeApi,
  options: Pick<ClusterOptions, 'concurrency' | 'signal'>,
  probe?: Probe,
): Promise<ObservedCluster> {
  const { signal } = options;
  const concurrency = concurrencyOf(options);
  return observe(plan, { hosts, facts, kube, concurrency, signal, unpackFiles, probe });
}
