import { isRecord } from '../../core/stable.js';
import { invalidChoice, refusal, type Finding, type Rule } from './rule.js';

const api = 'services.kube-api';

/** Event rate limits and pod security: kube-apiserver does not start with an invalid admission configuration. */
export const admissionRules: Rule = ({ spec }) => {
  const { eventRateLimit, admissionConfiguration } = spec.services.kubeApi;
  const plugins: unknown = admissionConfiguration?.['plugins'];
  const list: readonly unknown[] = Array.isArray(plugins) ? plugins : [];
  const limits = eventRateLimit?.enabled === true ? eventRateLimit.configuration : undefined;
  return [
    ...(limits === undefined ? [] : checkRateLimits(limits, `${api}.event_rate_limit.configuration`)),
    ...list.flatMap((plugin, index) =>
      checkPlugin(plugin, `${api}.admission_configuration.plugins[${index}]`),
    ),
  ];
};

function checkPlugin(plugin: unknown, path: string): Finding[] {
  if (!isRecord(plugin) || !isRecord(plugin['configuration'])) return [];
  const { name, configuration } = plugin;
  const at = `${path}.configuration`;
  if (name === 'EventRateLimit') return checkRateLimits(configuration, at);
  return name === 'PodSecurity' ? checkPodSecurity(configuration, at) : [];
}

type Configuration = Readonly<Record<string, unknown>>;

function checkType(
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
      : [refusal('unknown-value', path, `invalid ${key} "${text}"; expected ${example}`)];
  });
}

const limitTypes = ['Server', 'Namespace', 'User', 'SourceAndObject'];

function checkRateLimits(given: Configuration, path: string): Finding[] {
  const { limits } = given;
  const list: readonly unknown[] = Array.isArray(limits) ? limits : [];
  return [
    ...checkType(
      given,
      path,
      { apiVersion: /^eventratelimit\.admission\.k8s\.io\/v1alpha1$/, kind: /^Configuration$/ },
      'apiVersion: eventratelimit.admission.k8s.io/v1alpha1, kind: Configuration',
    ),
    ...(list.length === 0
      ? [refusal('missing', path, 'limits is required: a list of limits with type, qps and burst')]
      : []),
    ...list.flatMap((limit, index) => (isRecord(limit) ? checkLimit(limit, `${path}.limits[${index}]`) : [])),
  ];
}

function checkLimit({ type, qps, burst, cacheSize }: Configuration, path: string): Finding[] {
  const name = typeof type === 'string' ? type : '';
  const checkNumber = (key: string, value: unknown, least: number): Finding[] =>
    typeof value === 'number' && value >= least
      ? []
      : [
          refusal(
            'bad-number',
            path,
            `invalid ${key}: expected ${least} or more, got ${value === undefined ? 'no value' : JSON.stringify(value)}`,
          ),
        ];
  return [
    ...(limitTypes.includes(name)
      ? []
      : [refusal('unknown-value', path, invalidChoice('limit type', name, limitTypes))]),
    ...checkNumber('qps', qps, 1),
    ...checkNumber('burst', burst, 1),
    ...(cacheSize === undefined ? [] : checkNumber('cacheSize', cacheSize, 0)),
  ];
}

const levels = ['privileged', 'baseline', 'restricted'];

function checkPodSecurity(given: Configuration, path: string): Finding[] {
  const defaults = isRecord(given['defaults']) ? given['defaults'] : {};
  return [
    ...checkType(
      given,
      path,
      {
        apiVersion: /^pod-security\.admission\.config\.k8s\.io\/v1((alpha|beta)1)?$/,
        kind: /^PodSecurityConfiguration$/,
      },
      'apiVersion: pod-security.admission.config.k8s.io/v1, kind: PodSecurityConfiguration',
    ),
    ...Object.entries(defaults).flatMap(([mode, value]) =>
      checkMode(mode, String(value), `${path}.defaults`),
    ),
  ];
}

const modes = ['enforce', 'audit', 'warn'].flatMap((mode) => [mode, `${mode}-version`]);

function checkMode(mode: string, value: string, path: string): Finding[] {
  if (!modes.includes(mode)) return [refusal('unknown-value', path, invalidChoice('mode', mode, modes))];
  const isValid = mode.endsWith('-version') ? /^(latest|v1\.\d+|)$/.test(value) : levels.includes(value);
  const expected = mode.endsWith('-version')
    ? 'latest or a version such as v1.30'
    : `one of ${levels.join(', ')}`;
  return isValid ? [] : [refusal('unknown-value', path, `invalid ${mode} "${value}"; expected ${expected}`)];
}
