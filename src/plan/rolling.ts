import type { ClusterSpec } from '../config/cluster-spec.js';
import { isRecord } from '../core/stable.js';
import type { Rolling } from './cluster-plan-types.js';

/** RKE never takes more hosts at the same time (services/node_util.go). */
const mostAtOnce = 50;

/** How nodes are drained and how many workers may be unavailable, by `upgrade_strategy`. */
export function planRolling({ nodes, upgradeStrategy = {} }: ClusterSpec): Rolling {
  const workers = nodes.filter(({ role }) => role.includes('worker')).length;
  const given = upgradeStrategy['nodeDrainInput'];
  const input = isRecord(given) ? given : {};
  const numberOf = (name: string, otherwise: number): number =>
    typeof input[name] === 'number' ? input[name] : otherwise;
  return {
    workersAtOnce: countAtOnce(upgradeStrategy['maxUnavailableWorker'], workers),
    drain: {
      force: input['force'] === true,
      // An input without the key ignores nothing; without an input RKE's default counts (cluster/defaults.go).
      ignoreDaemonSets: isRecord(given) ? input['ignoreDaemonSets'] === true : true,
      deleteLocalData: input['deleteLocalData'] === true,
      gracePeriodSeconds: numberOf('gracePeriod', -1),
      timeoutSeconds: numberOf('timeout', 120),
    },
  };
}

/**
 * A number, or a percentage of all, rounded down; at least 1 (RKE services/node_util.go resolveMaxUnavailableValue).
 *
 * @param value of a valid cluster.yml: `3`, `10%`
 */
export function countAtOnce(value: unknown, all: number): number {
  const text = typeof value === 'string' ? value : '1';
  const number = Number.parseInt(text, 10);
  const count = text.endsWith('%') ? Math.floor((all * number) / 100) : number;
  return Math.min(mostAtOnce, Math.max(1, Number.isNaN(count) ? 1 : count));
}
