import { gatherFacts } from '../execute/gather-facts.js';
import { observe } from '../execute/observe.js';
import type { Probe } from '../execute/run-context.js';
import type { HostSet } from '../host/connect/connect-hosts.js';
import { unpackFiles } from '../host/tar.js';
import type { KubeApi } from '../kube/kube.js';
import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import type { CheckFacts } from '../reconcile/checks/facts.js';
import type { Folders } from '../reconcile/checks/facts-command.js';
import type { ObservedCluster } from '../reconcile/observed.js';
import { foldersOf } from './checks/check-hosts.js';
import { concurrencyOf, readingConcurrencyOf, type ClusterOptions } from './session.js';
import { systemClock } from './system-clock.js';

/**
 * How the connected hosts and the cluster are, by reads alone. Reports an API that should answer and does not.
 *
 * @param kube undefined for a run that must not ask the API
 * @param probe asks for the health of what runs; without it nobody is asked
 * @returns with hosts of which something could not be read in `unread`; they are reported
 */
export async function look(
  plan: ClusterPlan,
  { hosts, facts }: Pick<HostSet, 'hosts' | 'facts'>,
  kube: KubeApi | undefined,
  options: Pick<ClusterOptions, 'concurrency' | 'signal' | 'events'>,
  probe?: Probe,
): Promise<ObservedCluster> {
  const { signal, events } = options;
  const concurrency = readingConcurrencyOf(options);
  const observed = await observe(plan, {
    hosts,
    facts,
    kube,
    clock: systemClock,
    concurrency,
    signal,
    unpackFiles,
    probe,
  });
  for (const [host, { code, message, fix }] of observed.unread ?? []) {
    const error = { code, message, ...(fix === undefined ? {} : { fix }) };
    events.emit({ type: 'host-unreachable', host, error });
  }
  const { kubeTrouble } = observed;
  if (kubeTrouble !== undefined)
    events.emit({
      type: 'warning',
      message: `cannot read the Kubernetes API (${kubeTrouble}); nodes and add-ons are planned without what it would tell`,
    });
  return observed;
}

/** How the hosts and the cluster are, and what the checks want to know of the hosts. */
export interface Survey {
  readonly observed: ObservedCluster;
  readonly facts: ReadonlyMap<string, CheckFacts>;
  /** Where each host keeps its data, by address. */
  readonly folders: ReadonlyMap<string, Folders>;
}

/** `look`, and side by side with it the facts of the hosts: what a command needs that may change the cluster. */
export async function survey(
  plan: ClusterPlan,
  hosts: Pick<HostSet, 'hosts' | 'facts'>,
  kube: KubeApi,
  options: Pick<ClusterOptions, 'concurrency' | 'signal' | 'events'>,
  probe: Probe,
): Promise<Survey> {
  const folders = foldersOf(plan, hosts.facts);
  const [observed, facts] = await Promise.all([
    look(plan, hosts, kube, options, probe),
    gatherFacts({
      hosts: hosts.hosts,
      folders,
      concurrency: concurrencyOf(options),
      signal: options.signal,
      now: () => Date.now(),
    }),
  ]);
  return { observed, facts, folders };
}
