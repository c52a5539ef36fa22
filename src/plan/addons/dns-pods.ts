/** Selects the pods of the cluster DNS, whatever the provider. */
export const dnsSelector = { 'k8s-app': 'kube-dns' };

/** Keeps the pods of the cluster DNS on different hosts, as far as there are any or strictly; undefined says nothing. */
export function otherHosts(rule: 'preferred' | 'required' | undefined): Readonly<Record<string, unknown>> {
  if (rule === undefined) return {};
  const term = {
    labelSelector: {
      matchExpressions: [{ key: 'k8s-app', operator: 'In', values: [dnsSelector['k8s-app']] }],
    },
    topologyKey: 'kubernetes.io/hostname',
  };
  const podAntiAffinity =
    rule === 'required'
      ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
      : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] };
  return { podAntiAffinity };
}
