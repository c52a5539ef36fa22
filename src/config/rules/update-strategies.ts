import type { AddonKind } from '../addons/addon-definition.js';
import { addonKinds, chosenAddons } from '../addons/chosen-addons.js';
import type { ClusterSpec, UpdateStrategy } from '../cluster-spec.js';
import { invalidChoice, refusal, type Finding, type Rule } from './rule.js';

/**
 * `update_strategy` of every add-on, by the rules of the Kubernetes API (kubernetes pkg/apis/apps/validation). RKE v1 accepts
 * everything, and then fails when it applies the add-on.
 */
export const updateStrategyRules: Rule = ({ spec }) =>
  chosenAddons(spec).flatMap(({ kind, isRollingOnly }) => {
    const strategy = strategyOf(spec, kind);
    if (strategy === undefined) return [];
    const path = `${addonKinds[kind].block}.${kind === 'nodelocal' ? 'nodelocal.' : ''}update_strategy`;
    const workload = workloads[kind === 'dns' || kind === 'monitoring' ? 'Deployment' : 'DaemonSet'];
    return checkStrategy(isRollingOnly === true ? { ...strategy, strategy: '' } : strategy, path, workload);
  });

function strategyOf(spec: ClusterSpec, kind: AddonKind): UpdateStrategy | undefined {
  return kind === 'nodelocal' ? spec.dns.nodelocal?.updateStrategy : spec[kind].updateStrategy;
}

/** What the API server knows about the strategies of a kind of workload. */
interface Workload {
  readonly strategies: readonly string[];
  /** What it sets if the object does not. */
  readonly defaults: Required<Pace>;
  /** A DaemonSet either stops the old pod first or starts the new one first. */
  readonly hasBoth: boolean;
  readonly atMost100: readonly (keyof Pace)[];
}

type Pace = NonNullable<UpdateStrategy['rollingUpdate']>;

const workloads = {
  DaemonSet: {
    strategies: ['RollingUpdate', 'OnDelete'],
    defaults: { maxUnavailable: 1, maxSurge: 0 },
    hasBoth: false,
    atMost100: ['maxUnavailable', 'maxSurge'],
  },
  Deployment: {
    strategies: ['RollingUpdate', 'Recreate'],
    defaults: { maxUnavailable: '25%', maxSurge: '25%' },
    hasBoth: true,
    atMost100: ['maxUnavailable'],
  },
} as const satisfies Readonly<Record<string, Workload>>;

function checkStrategy(given: UpdateStrategy, path: string, workload: Workload): Finding[] {
  const { strategy = '', rollingUpdate } = given;
  if (strategy !== '' && !workload.strategies.includes(strategy))
    return [
      refusal(
        'unknown-value',
        `${path}.strategy`,
        invalidChoice('update strategy', strategy, workload.strategies),
      ),
    ];
  if (rollingUpdate === undefined || strategy === 'OnDelete') return [];
  const place = `${path}.rollingUpdate`;
  if (strategy === 'Recreate')
    return [refusal('not-allowed', place, 'Recreate stops all pods at once; remove rollingUpdate')];
  const invalid = (['maxUnavailable', 'maxSurge'] as const).flatMap((name) => {
    const message = amountFault(rollingUpdate[name], workload.atMost100.includes(name));
    return message === undefined ? [] : [refusal('bad-number', `${place}.${name}`, message)];
  });
  return invalid.length > 0
    ? invalid
    : checkPace({ ...workload.defaults, ...rollingUpdate }, place, workload);
}

/** @param isShare true if a percentage is at most 100 */
function amountFault(amount: number | string | undefined, isShare: boolean): string | undefined {
  const expected = 'expected a number of pods, or a percentage such as 25%';
  if (amount === undefined) return undefined;
  if (typeof amount === 'number')
    return Number.isInteger(amount) && amount >= 0 && amount < 2 ** 31
      ? undefined
      : `${expected}, got ${amount}`;
  if (/^\d+$/.test(amount)) return `${expected}, got the string "${amount}"; remove the quotes`;
  if (!/^\d+%$/.test(amount)) return `${expected}, got "${amount}"`;
  return isShare && Number.parseInt(amount) > 100 ? `expected at most 100%, got ${amount}` : undefined;
}

function checkPace(
  { maxUnavailable, maxSurge }: Required<Pace>,
  path: string,
  workload: Workload,
): Finding[] {
  const isZero = (amount: number | string): boolean => Number.parseInt(String(amount)) === 0;
  if (isZero(maxUnavailable) && isZero(maxSurge))
    return [
      refusal(
        'not-allowed',
        `${path}.maxUnavailable`,
        'no pod could be replaced: maxUnavailable and maxSurge are both 0; set one of them',
      ),
    ];
  return workload.hasBoth || isZero(maxUnavailable) || isZero(maxSurge)
    ? []
    : [refusal('not-allowed', `${path}.maxSurge`, 'only with maxUnavailable 0; set one of them to 0')];
}
