import type { ClusterSpec, Role } from '../config/cluster-spec.js';
import { isRecord } from '../core/stable.js';
import type { Rolling } from './cluster-plan-types.js';

/** RKE never takes more hosts at the same time (services/node_util.go). */
const mostAtOnce = 50;

/** How nodes are drained and how many of them may be unavailable, by `upgrade_strategy`. */
export function planRolling({ nodes, upgradeStrategy = {} }: ClusterSpec): Rolling {
  const count = (role: Role): number => nodes.filter((node) => node.role.includes(role)).length;
  const controlPlanes = count('controlplane');
  const given = upgradeStrategy['nodeDrainInput'];
  const input = isRecord(given) ? given : {};
  const numberOf = (name: string, otherwise: number): number =>
    typeof input[name] === 'number' ? input[name] : otherwise;
  return {
    workersAtOnce: countAtOnce(upgradeStrategy['maxUnavailableWorker'], count('worker')),
    controlPlanesAtOnce: Math.min(
      countAtOnce(upgradeStrategy['maxUnavailableControlplane'], controlPlanes),
      minorityOf(controlPlanes),
    ),
    drains: upgradeStrategy['drain'] === true,
    drain: {
      force: input['force'] === true,
      // RKE's default counts if the key is absent (services/node_util.go getDrainHelper).
      ignoreDaemonSets: input['ignoreDaemonSets'] !== false,
      deleteLocalData: input['deleteLocalData'] === true,
      gracePeriodSeconds: numberOf('gracePeriod', -1),
      timeoutSeconds: numberOf('timeout', 120),
    },
  };
}

/** How many control planes may be interrupted so that a majority serves; 1 if there are fewer than 3. */
const minorityOf = (all: number): number => Math.max(1, Math.ceil(all / 2) - 1);

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
