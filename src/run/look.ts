import { observe } from '../execute/observe.js';
import type { HostSet } from '../host/connect.js';
import { unpackFiles } from '../host/tar.js';
import type { KubeApi } from '../kube/kube.js';
import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import type { ObservedCluster } from '../reconcile/observed.js';
import { concurrencyOf, type ClusterOptions } from './session.js';

/** How the connected hosts and the cluster are, by reads alone. @throws RkeError of a host whose Docker does not answer */
export function look(
  plan: ClusterPlan,
  { hosts, facts }: Pick<HostSet, 'hosts' | 'facts'>,
  kube: KubeApi,
  options: Pick<ClusterOptions, 'concurrency' | 'signal'>,
): Promise<ObservedCluster> {
  const { signal } = options;
  return observe(plan, { hosts, facts, kube, concurrency: concurrencyOf(options), signal, unpackFiles });
}
