import { error, type Finding, type Rule } from './rule.js';

/** Kubernetes objects need apiVersion and kind, or the decoder refuses them (RKE cluster/cluster.go:592). */
export const kubernetesObjectRules: Rule = ({ config }) => {
  const { auditLog, admissionConfiguration } = config.services?.kubeApi ?? {};
  return [
    ...checkType(
      'services.kube-api.audit_log.configuration.policy',
      auditLog?.configuration?.policy,
      ['audit.k8s.io/v1'],
      'Policy',
    ),
    ...checkType(
      'services.kube-api.admission_configuration',
      admissionConfiguration,
      ['apiserver.config.k8s.io/v1', 'apiserver.config.k8s.io/v1alpha1', 'apiserver.k8s.io/v1alpha1'],
      'AdmissionConfiguration',
    ),
  ];
};

function checkType(path: string, object: unknown, versions: readonly string[], kind: string): Finding[] {
  if (object === undefined) return [];
  const given = object as { readonly apiVersion?: string; readonly kind?: string };
  const wanted = { apiVersion: versions, kind: [kind] };
  return (['apiVersion', 'kind'] as const)
    .filter((key) => !wanted[key].includes(given[key] ?? ''))
    .map((key) =>
      (given[key] ?? '') === ''
        ? error('missing', path, `missing ${key}; add ${key}: ${wanted[key][0] ?? ''}`)
        : error(
            'unknown-value',
            `${path}.${key}`,
            `expected ${wanted[key][0] ?? ''}, got "${given[key] ?? ''}"`,
          ),
    );
}
