import { kubeError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { createNodeFinder } from '../../reconcile/diff/find-node.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import type { Operation } from '../../reconcile/operations.js';
import { listUnavailable } from '../../reconcile/order/absent-nodes.js';
import { workerWindow } from '../../reconcile/order/node-turns.js';

interface Group {
  readonly group: 'controlplane' | 'worker';
  readonly windows: readonly string[];
  readonly key: string;
  readonly nouns: readonly [one: string, more: string];
}

const groups: readonly Group[] = [
  {
    group: 'controlplane',
    windows: ['controlplane', 'worker:controlplane'],
    key: 'max_unavailable_controlplane',
    nouns: ['control plane', 'control planes'],
  },
  {
    group: 'worker',
    windows: [workerWindow],
    key: 'max_unavailable_worker',
    nouns: ['worker', 'workers'],
  },
];

/**
 * Refuses to interrupt a node while as many of its group as may be unavailable can neither be reached nor are Ready: one failure
 * NODES_UNAVAILABLE (exit 7) for each group. RKE v1 stops there, too (services/node_util.go ResetMaxUnavailable), for workers with
 * the control planes upgraded.
 */
export function refuseUnavailableNodes(
  plan: ClusterPlan,
  observed: ObservedCluster,
  operations: readonly Operation[],
  leftOut: ReadonlySet<string> = new Set(),
): Failure[] {
  const findNode = createNodeFinder(observed.kube?.nodes.values() ?? []);
  const { workersAtOnce = 1, controlPlanesAtOnce = 1 } = plan.rolling ?? {};
  return groups.flatMap(({ group, windows, key, nouns: [one, more] }) => {
    const places = group === 'worker' ? workersAtOnce : controlPlanesAtOnce;
    if (!operations.some(({ turn }) => turn !== undefined && windows.includes(turn.window))) return [];
    const absent = listUnavailable(plan, observed, { group, findNode });
    if (absent.length < places) return [];
    const isLimited = absent.some((address) => leftOut.has(address));
    const why = isLimited ? 'left out by --nodes or unreachable,' : 'unreachable';
    const message = `${why} and not Ready: ${absent.join(', ')}; upgrade_strategy.${key} allows ${places} unavailable ${places === 1 ? one : more}, so no other may be interrupted`;
    return [
      {
        title: `interrupt ${more}`,
        error: kubeError('NODES_UNAVAILABLE', message, { fix: fixFor(group, absent) }),
      },
    ];
  });
}

/** More control planes at once than a minority are never interrupted, so that a higher number may not help. */
function fixFor(group: Group['group'], absent: readonly string[]): string {
  const them = absent.length === 1 ? 'it' : 'them';
  return group === 'worker'
    ? `repair ${them}, remove ${them} from cluster.yml, or set max_unavailable_worker to ${absent.length + 1}`
    : `repair ${them}, or remove ${them} with \`rke node remove ${absent.join(' ')} --force\` if gone for good`;
}
