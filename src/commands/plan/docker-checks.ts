import type { HostFacts } from '../../plan/host-context.js';
import { dockerVerdict } from '../../reconcile/checks/docker-rules.js';
import type { CheckResult } from '../../reconcile/checks/check-result.js';

/**
 * What can be said of each host's Docker from facts alone: for a plan that looks at no host.
 *
 * @param known hosts that run the cluster already
 */
export function checkDockerFacts(
  facts: ReadonlyMap<string, HostFacts>,
  known: ReadonlySet<string>,
): CheckResult[] {
  return [...facts].map(([host, found]) => ({
    check: 'docker',
    host,
    ...dockerVerdict(found, { isNew: !known.has(host) }),
  }));
}
