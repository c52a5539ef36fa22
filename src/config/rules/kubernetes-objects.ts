import { error, type Finding, type Rule } from './rule.js';

/** Kubernetes' own objects say what they are, or its decoder refuses them (RKE cluster/cluster.go:592). */
export const kubernetesObjectRules: Rule = ({ config }) => {
  const { auditLog, admissionConfiguration } = config.services?.kubeApi ?? {};
  return [
    ...typed(
      'services.kube-api.audit_log.configuration.policy',
      auditLog?.configuration?.policy,
      ['audit.k8s.io/v1'],
      'Policy',
    ),
    ...typed(
      'services.kube-api.admission_configuration',
      admissionConfiguration,
      ['apiserver.config.k8s.io/v1', 'apiserver.config.k8s.io/v1alpha1', 'apiserver.k8s.io/v1alpha1'],
      'AdmissionConfiguration',
    ),
  ];
};

function typed(path: string, object: unknown, versions: readonly string[], kind: string): Finding[] {
  if (object === undefined) return [];
  const given = object as { readonly apiVersion?: string; readonly kind?: string };
  const wanted = { apiVersion: versions, kind: [kind] };
  return (['apiVersion', 'kind'] as const)
    .filter((key) => !wanted[key].includes(given[key] ?? ''))
    .map((key) =>
      (given[key] ?? '') === ''
        ? error('missing', path, `${key}: ${wanted[key][0] ?? ''} is missing`)
        : error('unknown-value', `${path}.${key}`, `"${given[key] ?? ''}" must be "${wanted[key][0] ?? ''}"`),
    );
}
