import { describeError } from '../core/describe-error.js';
import { gatherFacts } from '../execute/gather-facts.js';
import { observe } from '../execute/observe.js';
import type { Probe } from '../execute/run-context.js';
import type { HostSet } from '../host/connect/connect-hosts.js';
import type { HostReader } from '../host/host.js';
import type { EtcdReader } from '../etcd/etcd.js';
import { unpackFiles } from '../host/tar.js';
import type { KubeReader } from '../kube/kube.js';
import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import type { CheckFacts } from '../reconcile/checks/facts.js';
import type { DataDirs } from '../reconcile/checks/facts-command.js';
import type { ObservedCluster } from '../reconcile/observed.js';
import { listDataDirs } from './checks/check-hosts.js';
import { concurrencyOf, readingConcurrencyOf, type ClusterOptions } from './cluster-options.js';
import { systemClock } from './system-clock.js';

/** The connected hosts, for reads, and the facts of their Docker. */
export interface ReadableHosts extends Pick<HostSet, 'facts'> {
  readonly hosts: ReadonlyMap<string, HostReader>;
}

type ObserveOptions = Pick<ClusterOptions, 'concurrency' | 'signal' | 'events'>;

/** What members and components are asked with. */
export interface Probes {
  readonly probe: Probe;
  readonly etcd: EtcdReader;
}

/**
 * Reads the connected hosts and the cluster. Reports an API that should answer and does not.
 *
 * @param kube undefined for a run that must not use the API
 * @param probes check the health of running components, and read the membership of etcd; absent ones skip that
 * @returns hosts that could not be read completely in `unread`; they are reported
 */
export async function observeCluster(
  plan: ClusterPlan,
  { hosts, facts }: ReadableHosts,
  kube: KubeReader | undefined,
  options: ObserveOptions,
  { probe, etcd }: Partial<Probes> = {},
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
    etcd,
  });
  for (const [host, error] of observed.unread ?? [])
    events.emit({ type: 'host-unreachable', host, error: describeError(error) });
  const { kubeTrouble } = observed;
  if (kubeTrouble !== undefined)
    events.emit({
      type: 'warning',
      message: `cannot read the Kubernetes API (${kubeTrouble}); nodes and add-ons are planned without it, so that the plan may have steps that are not needed: to see only what differs, plan again when the API answers`,
    });
  return observed;
}

/** The observed cluster, and the facts of its hosts for the checks. */
export interface Survey {
  readonly observed: ObservedCluster;
  readonly facts: ReadonlyMap<string, CheckFacts>;
  /** Data directories of each host, by address. */
  readonly dataDirs: ReadonlyMap<string, DataDirs>;
}

/** Observes the cluster and gathers the facts of its hosts at the same time, for a command that may change them. */
export async function surveyCluster(
  plan: ClusterPlan,
  hosts: ReadableHosts,
  kube: KubeReader,
  options: ObserveOptions,
  probes: Probes,
): Promise<Survey> {
  const dataDirs = listDataDirs(plan, hosts.facts);
  const [observed, facts] = await Promise.all([
    observeCluster(plan, hosts, kube, options, probes),
    gatherFacts({
      hosts: hosts.hosts,
      dataDirs,
      concurrency: concurrencyOf(options),
      signal: options.signal,
      now: () => Date.now(),
    }),
  ]);
  return { observed, facts, dataDirs };
}
