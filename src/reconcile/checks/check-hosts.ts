import type { CheckResult, Verdict } from './check-result.js';
import { clusterRules } from './cluster-rules.js';
import type { CheckedHost, ClusterFacts } from './checked-host.js';
import { hostRules } from './host-rules.js';

/**
 * Runs all checks on the facts of the hosts.
 *
 * @returns one result for each check and host whose facts are known, host by host
 */
export function checkHosts(hosts: readonly CheckedHost[], cluster: ClusterFacts): CheckResult[] {
  const comparisons = clusterRules.map(([check, createRule]) => [check, createRule(hosts)] as const);
  return hosts.flatMap((host) =>
    [
      ...comparisons.map(([check, compare]) => [check, compare(host)] as const),
      ...hostRules.map(([check, rule]) => [check, rule(host, cluster)] as const),
    ].flatMap(([check, verdict]) => resultOf(check, host, verdict)),
  );
}

function resultOf(
  check: CheckResult['check'],
  { address }: CheckedHost,
  verdict: Verdict | undefined,
): CheckResult[] {
  return verdict === undefined ? [] : [{ check, host: address, ...verdict }];
}
