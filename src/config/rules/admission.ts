import { isRecord } from '../../core/stable.js';
import { didYouMean, refusal, type Finding, type Rule } from './rule.js';

const api = 'services.kube-api';

/** Event rate limits and pod security, which become the admission configuration: kube-apiserver does not start with a mistake there. */
export const admissionRules: Rule = ({ spec }) => {
  const { eventRateLimit, admissionConfiguration } = spec.services.kubeApi;
  const plugins: unknown = admissionConfiguration?.['plugins'];
  const list: readonly unknown[] = Array.isArray(plugins) ? plugins : [];
  const limits = eventRateLimit?.enabled === true ? eventRateLimit.configuration : undefined;
  return [
    ...(limits === undefined ? [] : rateLimits(limits, `${api}.event_rate_limit.configuration`)),
    ...list.flatMap((plugin, index) =>
      pluginFindings(plugin, `${api}.admission_configuration.plugins[${index}]`),
    ),
  ];
};

function pluginFindings(plugin: unknown, path: string): Finding[] {
  if (!isRecord(plugin) || !isRecord(plugin['configuration'])) return [];
  const { name, configuration } = plugin;
  const at = `${path}.configuration`;
  if (name === 'EventRateLimit') return rateLimits(configuration, at);
  return name === 'PodSecurity' ? podSecurity(configuration, at) : [];
}

type Configuration = Readonly<Record<string, unknown>>;

function typed(
  given: Configuration,
  path: string,
  wanted: Readonly<Record<'apiVersion' | 'kind', RegExp>>,
  example: string,
): Finding[] {
  return (['apiVersion', 'kind'] as const).flatMap((key) => {
    const value = given[key];
    const text = typeof value === 'string' ? value : '';
    return wanted[key].test(text)
      ? []
      : [refusal('unknown-value', path, `expected ${key} as in ${example}, got "${text}"`)];
  });
}

const limitTypes = ['Server', 'Namespace', 'User', 'SourceAndObject'];

function rateLimits(given: Configuration, path: string): Finding[] {
  const { limits } = given;
  const list: readonly unknown[] = Array.isArray(limits) ? limits : [];
  return [
    ...typed(
      given,
      path,
      { apiVersion: /^eventratelimit\.admission\.k8s\.io\/v1alpha1$/, kind: /^Configuration$/ },
      'apiVersion: eventratelimit.admission.k8s.io/v1alpha1, kind: Configuration',
    ),
    ...(list.length === 0
      ? [refusal('missing', path, 'expected limits, each with type, qps and burst')]
      : []),
    ...list.flatMap((limit, index) =>
      isRecord(limit) ? limitFindings(limit, `${path}.limits[${index}]`) : [],
    ),
  ];
}

function limitFindings({ type, qps, burst, cacheSize }: Configuration, path: string): Finding[] {
  const name = typeof type === 'string' ? type : '';
  const number = (key: string, value: unknown, least: number): Finding[] =>
    typeof value === 'number' && value >= least
      ? []
      : [refusal('bad-number', path, `expected a number of ${least} or more for ${key}`)];
  return [
    ...(limitTypes.includes(name)
      ? []
      : [refusal('unknown-value', path, `"${name}" is not a type of limits${didYouMean(name, limitTypes)}`)]),
    ...number('qps', qps, 1),
    ...number('burst', burst, 1),
    ...(cacheSize === undefined ? [] : number('cacheSize', cacheSize, 0)),
  ];
}

const levels = ['privileged', 'baseline', 'restricted'];

function podSecurity(given: Configuration, path: string): Finding[] {
  const defaults = isRecord(given['defaults']) ? given['defaults'] : {};
  return [
    ...typed(
      given,
      path,
      {
        apiVersion: /^pod-security\.admission\.config\.k8s\.io\/v1((alpha|beta)1)?$/,
        kind: /^PodSecurityConfiguration$/,
      },
      'apiVersion: pod-security.admission.config.k8s.io/v1, kind: PodSecurityConfiguration',
    ),
    ...Object.entries(defaults).flatMap(([mode, value]) =>
      modeFindings(mode, String(value), `${path}.defaults`),
    ),
  ];
}

const modes = ['enforce', 'audit', 'warn'].flatMap((mode) => [mode, `${mode}-version`]);

function modeFindings(mode: string, value: string, path: string): Finding[] {
  if (!modes.includes(mode))
    return [refusal('unknown-value', path, `"${mode}" is not a mode${didYouMean(mode, modes)}`)];
  const isRight = mode.endsWith('-version') ? /^(latest|v1\.\d+|)$/.test(value) : levels.includes(value);
  const expected = mode.endsWith('-version') ? 'latest or a version such as v1.30' : levels.join(', ');
  return isRight ? [] : [refusal('unknown-value', path, `expected ${expected} for ${mode}, got "${value}"`)];
}
