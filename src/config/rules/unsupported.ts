import { error, type Finding, type Rule } from './rule.js';

/** Choices that RKE has and we do not act upon yet: refused, never ignored. */
export const supportRules: Rule = ({ spec }) => [
  ...choice('network.plugin', spec.network.plugin, ['flannel', 'none'], 'write network: {plugin: flannel}'),
  ...choice('dns.provider', spec.dns.provider, ['coredns', 'none'], 'write dns: {provider: coredns}'),
  ...choice('ingress.provider', spec.ingress.provider, ['none'], 'write ingress: {provider: none}'),
  ...choice(
    'monitoring.provider',
    spec.monitoring.provider,
    ['metrics-server', 'none'],
    'write monitoring: {provider: metrics-server}',
  ),
  ...choice('authentication.strategy', spec.authentication.strategy, ['x509'], 'leave it out'),
  ...choice('authorization.mode', spec.authorization.mode, ['rbac'], 'leave it out'),
  ...backendPorts(spec.network.options ?? {}),
];

function choice(path: string, value: string, supported: readonly string[], remedy: string): Finding[] {
  return supported.includes(value)
    ? []
    : [error('not-supported', path, `not yet supported: ${value}; ${remedy}`)];
}

/** Written into flannel's own configuration, where a word would stop it. */
function backendPorts(options: Readonly<Record<string, string>>): Finding[] {
  return ['flannel_backend_port', 'flannel_backend_vni'].flatMap((name) => {
    const value = options[name];
    return value === undefined || /^\d+$/.test(value)
      ? []
      : [error('bad-number', `network.options.${name}`, `"${value}" is not a whole number`)];
  });
}
