import { InternalError } from '../../../core/errors.js';
import { resolveState } from '../../resolve/resolve-state.js';
import type { Finding, RuleInput } from '../rule.js';
import { clusterKeys } from './cluster-keys.js';
import { differences, type Difference } from './differences.js';
import { matchesKey, type KeyRule } from './key-rule.js';
import { nodeKeys } from './node-keys.js';
import { nodeIdentityRules, nodeSetRules } from './node-rules.js';
import { warnOf, type RunningCluster } from './running-cluster.js';
import { serviceKeys } from './service-keys.js';
import { drainBefore } from './upgrade-rules.js';
import { versionSkew } from './version-rules.js';

/** What may change on a running cluster, key by key: docs/running-cluster.md is made from it. */
export const keyRules: readonly KeyRule[] = [...nodeKeys, ...serviceKeys, ...clusterKeys];

/** A changed value, and what a run does about it. */
export interface Judgement {
  readonly difference: Difference;
  readonly rule: KeyRule;
  /** Why it is refused; undefined if it is not. */
  readonly refusal: Finding | undefined;
}

/** Every value that differs from the running cluster, each with what a run does about it. */
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
  if (found === undefined)
    throw new InternalError(`no rule says whether ${key} may change on a running cluster`);
  return found;
}

/**
 * Everything in the file that a running cluster cannot take, all at once: one place decides, before any host is contacted.
 * Without a state there is no running cluster, and nothing to say.
 */
export function runningRules(input: RuleInput): Finding[] {
  const cluster = runningCluster(input);
  if (cluster === undefined) return [];
  const refusals = judgeChanges(cluster).flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]));
  const nodes = [
    ...nodeSetRules(cluster).map(input.keepsNodes ? asLeft : same),
    ...nodeIdentityRules(cluster),
  ];
  return [...versionSkew(input), ...nodes, ...refusals, ...drainBefore(cluster)];
}

const same = (finding: Finding): Finding => finding;

/** What is no reason to stop a run that works on the nodes of the running cluster. */
const asLeft = ({ path, message }: Finding): Finding =>
  warnOf(path, `${message}; this run works on the nodes and roles of the state`);

/** The clusters to compare, resolved as the file is: what an older program left out of the state has its default. */
export function runningCluster(input: RuleInput): RunningCluster | undefined {
  const { running, begun, catalog, spec, config, lineOf } = input;
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
  };
}

/** A configuration without nodes, null in some states, describes no cluster. */
const hasNodes = ({ nodes }: { readonly nodes?: readonly unknown[] | null }): boolean =>
  (nodes ?? []).length > 0;
