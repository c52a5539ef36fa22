import type { KubeApiSpec } from '../../config/cluster-spec.js';
import { isRecord } from '../../core/stable.js';
import { renderSortedYaml } from '../../yaml/sorted-yaml.js';

export const admissionFile = '/etc/kubernetes/admission.yaml';

type PluginConfiguration = Readonly<Record<string, unknown>>;

/**
 * Renders the AdmissionConfiguration (RKE cluster/hosts.go:153-229). It always configures event rate limits and, from 1.23 on,
 * pod security. Other plugins of `admission_configuration` are dropped, the same as in RKE.
 */
export function renderAdmissionConfiguration(service: KubeApiSpec, minor: number): string {
  const plugin = (name: string, standard: PluginConfiguration): PluginConfiguration =>
    findUserPlugin(service, name) ?? { name, path: '', configuration: standard };
  return renderSortedYaml({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: [
      plugin('EventRateLimit', eventRateLimit(service)),
      ...(minor >= 23 ? [plugin('PodSecurity', podSecurity(service, minor))] : []),
    ],
  });
}

/** Finds a plugin of `admission_configuration`, unchanged: without a configuration it gets none (RKE cluster/hosts.go:185-229). */
function findUserPlugin(
  { admissionConfiguration }: KubeApiSpec,
  name: string,
): PluginConfiguration | undefined {
  const plugins: unknown = admissionConfiguration?.['plugins'];
  if (!Array.isArray(plugins)) return undefined;
  const given: unknown = plugins.find((plugin: unknown) => isRecord(plugin) && plugin['name'] === name);
  if (!isRecord(given)) return undefined;
  return { name, path: given['path'] ?? '', configuration: given['configuration'] ?? null };
}

function eventRateLimit(service: KubeApiSpec): PluginConfiguration {
  const given = service.eventRateLimit?.enabled === true ? service.eventRateLimit.configuration : undefined;
  return (
    given ?? {
      apiVersion: 'eventratelimit.admission.k8s.io/v1alpha1',
      kind: 'Configuration',
      limits: [{ type: 'Server', qps: 5000, burst: 20000 }],
    }
  );
}

/** Namespaces whose pods need more than `restricted` allows (RKE cluster/defaults.go:457-660). */
const exemptNamespaces = ['ingress-nginx', 'kube-system'];

function podSecurity(
  { podSecurityConfiguration: level = 'privileged' }: KubeApiSpec,
  minor: number,
): PluginConfiguration {
  const modes = level === 'restricted' ? ['audit', 'enforce', 'warn'] : ['enforce'];
  return {
    apiVersion: `pod-security.admission.config.k8s.io/${minor >= 25 ? 'v1' : 'v1beta1'}`,
    kind: 'PodSecurityConfiguration',
    defaults: Object.fromEntries(
      modes.flatMap((mode) => [
        [mode, level],
        [`${mode}-version`, 'latest'],
      ]),
    ),
    exemptions: level === 'restricted' ? { namespaces: exemptNamespaces } : {},
  };
}
