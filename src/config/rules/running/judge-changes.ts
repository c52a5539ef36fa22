import { InternalError } from '../../../core/errors.js';
import { resolveState } from '../../resolve/resolve-state.js';
import type { Finding, RuleInput } from '../rule.js';
import { clusterKeys } from './cluster-keys.js';
import { differences, type Difference } from './differences.js';
import { matchesKey, type KeyRule } from './key-rule.js';
import { checkNetworkChange, warnOfNetworkOptions } from './network-rules.js';
import { nodeKeys } from './node-keys.js';
import { listLeft, nodeIdentityRules, nodeSetRules } from './node-rules.js';
import { warnOf, type RunningCluster } from './running-cluster.js';
import { serviceKeys } from './service-keys.js';
import { checkVersionSkew } from './version-rules.js';

/** What may change on a running cluster, by key; docs/running-cluster.md is generated from it. */
export const keyRules: readonly KeyRule[] = [...nodeKeys, ...serviceKeys, ...clusterKeys];

/** A changed value, and what a run does with it. */
export interface Judgement {
  readonly difference: Difference;
  readonly rule: KeyRule;
  /** Why it is refused; undefined if it is not. */
  readonly refusal: Finding | undefined;
}

/** Every value that differs from the running cluster, with what a run does with it. */
export function judgeChanges(cluster: RunningCluster): Judgement[] {
  return differences(cluster.running, cluster.spec).map((difference) => {
    const rule = ruleOf(difference.key);
    return { difference, rule, refusal: rule.judge?.(difference, cluster) };
  });
}

/**
 * The first rule that names the key.
 *
 * @throws InternalError for a key of the schema that no rule names (test/config/running/keys.test.ts finds it)
 */
export function ruleOf(key: string): KeyRule {
  const found = keyRules.find(({ keys }) => keys.some((pattern) => matchesKey(pattern, key)));
  if (found === undefined) throw new InternalError(`no rule for changes of ${key} on a running cluster`);
  return found;
}

/**
 * All changes in the file that a running cluster does not accept, decided in one place before any host is contacted. Without a
 * state there is no running cluster, and no finding.
 */
export function runningRules(input: RuleInput): Finding[] {
  const cluster = runningCluster(input);
  if (cluster === undefined) return [];
  const refusals = judgeChanges(cluster).flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]));
  const nodes = [
    ...(input.keepsNodes
      ? [...nodeSetRules(cluster), ...listLeft(cluster)].map(toWarning)
      : nodeSetRules(cluster)),
    ...nodeIdentityRules(cluster),
  ];
  return [
    ...checkVersionSkew(input),
    ...nodes,
    ...refusals,
    ...checkNetworkChange(cluster),
    ...warnOfNetworkOptions(cluster),
  ];
}

/** A run that uses the nodes of the running cluster is not stopped by other nodes in the file. */
const toWarning = ({ path, message }: Finding): Finding =>
  warnOf(path, `${message}; this run uses the nodes and roles of the state file`);

/** The clusters to compare, resolved the same as the file: keys that an older release left out of the state have defaults. */
export function runningCluster(input: RuleInput): RunningCluster | undefined {
  const { running, begun, catalog, spec, config, lineOf, allowNetworkChange } = input;
  const baseline = running ?? begun;
  if (baseline === undefined || !hasNodes(baseline)) return undefined;
  const resolve = (state: typeof baseline): typeof baseline => resolveState(state, catalog);
  return {
    running: resolve(baseline),
    isFinished: running !== undefined,
    begun: running === undefined || begun === undefined ? undefined : resolve(begun),
    spec,
    config,
    lineOf,
    allowNetworkChange,
  };
}

/** False for a configuration without nodes (null in some states), which does not describe a cluster. */
const hasNodes = ({ nodes }: { readonly nodes?: readonly unknown[] | null }): boolean =>
  (nodes ?? []).length > 0;
