import type { AuditLogSpec } from '../../config/cluster-spec.js';
import { isRecord } from '../../core/stable.js';
import { renderSortedYaml } from '../../yaml/sorted-yaml.js';

export const auditFile = '/etc/kubernetes/audit-policy.yaml';

/**
 * Text of the audit policy as RKE writes it: through the typed object, which always has the two members that are laid
 * under it here (cluster/hosts.go:231-321).
 */
export function renderAuditPolicy({ configuration }: AuditLogSpec): string {
  const policy = configuration?.policy ?? {};
  const metadata = isRecord(policy['metadata']) ? policy['metadata'] : {};
  return renderSortedYaml({ rules: null, ...policy, metadata: { creationTimestamp: null, ...metadata } });
}
