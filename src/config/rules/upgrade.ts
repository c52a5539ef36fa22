import { refusal, type Finding, type Rule } from './rule.js';

const keys = {
  maxUnavailableWorker: 'upgrade_strategy.max_unavailable_worker',
  maxUnavailableControlplane: 'upgrade_strategy.max_unavailable_controlplane',
} as const;

/** Numbers of `upgrade_strategy` (RKE services/node_util.go CalculateMaxUnavailable, which stopped in the middle of a run). */
export const upgradeRules: Rule = ({ spec: { upgradeStrategy = {} } }) =>
  Object.entries(keys).flatMap(([name, path]) => checkCount(path, upgradeStrategy[name]));

function checkCount(path: string, value: unknown): Finding[] {
  if (typeof value !== 'string' || /^\+?0*[1-9]\d{0,8}%?$/.test(value)) return [];
  return [
    refusal('bad-number', path, `expected a number from 1, or a percentage such as 10%, got "${value}"`),
  ];
}
