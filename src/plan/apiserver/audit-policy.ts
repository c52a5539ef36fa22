import type { AuditLogSpec } from '../../config/cluster-spec.js';
import { isRecord } from '../../core/stable.js';
import { renderSortedYaml } from '../../yaml/sorted-yaml.js';

export const auditFile = '/etc/kubernetes/audit-policy.yaml';

/**
 * Renders the audit policy. RKE writes it through a Go struct, which always has the two members that are added here
 * (cluster/hosts.go:231-321).
 */
export function renderAuditPolicy({ configuration }: AuditLogSpec): string {
  const policy = configuration?.policy ?? {};
  const metadata = isRecord(policy['metadata']) ? policy['metadata'] : {};
  return renderSortedYaml({ rules: null, ...policy, metadata: { creationTimestamp: null, ...metadata } });
}
