import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import { isNewHost, type ObservedHost } from '../../reconcile/observed.js';
import type { PlannedNode } from '../../reconcile/description/describe-operations.js';
import type { ReadCluster } from '../../run/with-cluster.js';
import { describeNodes } from '../node/list-nodes.js';
import type { ContainersStatus, NodeStatus } from './cluster-status.js';

/**
 * Puts together what is known of every node: from the API, from its host, and from the pending changes.
 *
 * @param unreachable why hosts were not read, by address
 * @param changes of the pending run, by address
 */
export function listNodeStatuses(
  { session, plan, observed }: Pick<ReadCluster, 'session' | 'plan' | 'observed'>,
  unreachable: ReadonlyMap<string, string>,
  changes: ReadonlyMap<string, PlannedNode['changes']>,
): NodeStatus[] {
  const { kube } = observed;
  const running = new Set(session.state?.currentState.rkeConfig?.nodes.map(({ address }) => address) ?? []);
  const planned = new Map(
    [...plan.nodes, ...(plan.leaving ?? [])].map(({ node, containers }) => [node.address, containers]),
  );
  return describeNodes(session, [...(kube?.nodes.values() ?? [])]).map(({ ready, state, ...node }) => ({
    ...node,
    ...(kube === undefined ? {} : { ready }),
    state: kube === undefined && state === 'to-add' ? 'unread' : state,
    ...(node.address === undefined
      ? {}
      : describeHost(observed.hosts.get(node.address), {
          error: unreachable.get(node.address),
          containers: planned.get(node.address) ?? [],
          isInCluster: running.has(node.address),
          changes: changes.get(node.address) ?? [],
        })),
  }));
}

function describeHost(
  found: ObservedHost | undefined,
  {
    error = 'it was not read',
    containers,
    isInCluster,
    changes,
  }: {
    readonly error: string | undefined;
    readonly containers: readonly ContainerSpec[];
    readonly isInCluster: boolean;
    readonly changes: PlannedNode['changes'];
  },
): Pick<NodeStatus, 'host' | 'error' | 'containers'> {
  if (found === undefined) return { host: 'unreachable', error };
  const wanted = containers.filter(({ started }) => started);
  // What a new host lacks are pending changes.
  const expected = isInCluster || !isNewHost(found) ? wanted : [];
  const faults = expected.flatMap(({ name }): ContainersStatus['faults'][number][] => {
    const fault = faultOf(name, found);
    return fault === undefined ? [] : [{ name, fault }];
  });
  return {
    host: 'reached',
    containers: {
      planned: wanted.length,
      running: wanted.filter(({ name }) => isRunning(name, found)).length,
      faults,
      drift: changes.map(({ target, action, reason }) => ({ target, action, reason })),
    },
  };
}

function isRunning(name: string, { containers }: ObservedHost): boolean {
  const container = containers.get(name);
  return container?.running === true && !container.restarting;
}

function faultOf(name: string, { containers, unhealthy }: ObservedHost): string | undefined {
  const container = containers.get(name);
  if (container === undefined) return 'does not exist';
  if (container.restarting) return `is restarting again and again (exit code ${container.exitCode})`;
  if (!container.running)
    return `is stopped (exit code ${container.exitCode}${container.error === '' ? '' : `: ${container.error}`})`;
  const why = unhealthy?.get(name);
  return why === undefined ? undefined : `is not healthy: ${why}`;
}
