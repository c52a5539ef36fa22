import { findNode } from '../../config/find-node.js';
import type { Failure } from '../../core/hosts-error.js';
import { openShells, type ShellSet } from '../../host/connect/open-shells.js';
import type { Wanted } from '../../reconcile/prepare/surveyed-host.js';
import { clusterFactsOf } from '../../run/checks/check-hosts.js';
import { readingConcurrencyOf, type ClusterOptions } from '../../run/cluster-options.js';
import { loginsOf } from '../../run/connect.js';
import { planCluster } from '../../run/plan-cluster.js';
import type { Session } from '../../run/session.js';
import { readOfflineFacts } from '../plan/offline-facts.js';
import { surveyHosts, type HostToPrepare, type Survey } from './survey-hosts.js';

export interface PrepareOptions extends ClusterOptions {
  /** Names or addresses of the nodes to prepare; by default all of cluster.yml. */
  readonly nodes?: readonly string[] | undefined;
}

/** The hosts to prepare, and what the cluster needs of them. */
export interface PrepareWork {
  readonly hosts: readonly HostToPrepare[];
  readonly wanted: Wanted;
}

/** @throws RkeError USAGE (exit 2) for an unknown node */
export async function prepareWork(session: Session, { nodes: names }: PrepareOptions): Promise<PrepareWork> {
  const { spec, catalog } = session;
  const all = spec.nodes;
  const nodes =
    names === undefined ? all : [...new Set(names.map((name) => findNode(name, all, '--nodes: ')))];
  const plan = planCluster(session, await readOfflineFacts(all, undefined), {
    certificates: {},
    encryptionConfig: '',
  });
  const containers = new Map(plan.nodes.map((one) => [one.node.address, one.containers]));
  return {
    hosts: nodes.map((node) => ({ node, containers: containers.get(node.address) ?? [] })),
    wanted: {
      cluster: clusterFactsOf({ spec, state: undefined, certificates: {} }),
      dockerMinors: spec.ignoreDockerVersion
        ? undefined
        : catalog.dockerVersions(spec.kubernetesVersion).map((version) => version.replace(/\.x$/, '')),
    },
  };
}

/** Connects to hosts that may have no Docker. */
export function openHosts(
  hosts: readonly HostToPrepare[],
  session: Session,
  options: ClusterOptions,
): Promise<ShellSet> {
  const nodes = hosts.map(({ node }) => node);
  const logins = loginsOf({ ...session, spec: { ...session.spec, nodes } }, options);
  return openShells(logins.nodes, { ...logins.options, limit: readingConcurrencyOf(options) });
}

/** Examines the hosts; those that were not reached are failures, too. */
export async function survey(
  { hosts, wanted }: PrepareWork,
  shells: ShellSet,
  options: ClusterOptions,
): Promise<Survey> {
  const { signal } = options;
  const found = await surveyHosts(hosts, shells.hosts, wanted, {
    limit: readingConcurrencyOf(options),
    signal,
  });
  const unreached = [...shells.unreachable].map(([host, error]): Failure => ({
    title: 'connect',
    host,
    error,
  }));
  return { ...found, failures: [...unreached, ...found.failures] };
}
