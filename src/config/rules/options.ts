import { isAtLeast } from '../../versions/kubernetes-version.js';
import { addonChoices } from '../addons/addon-definitions.js';
import { authenticationStrategies } from '../resolve/resolve-authentication.js';
import { didYouMean, error, refusal, type Finding, type Rule } from './rule.js';

/** Choices among few (RKE cluster/validation.go validateAuthOptions to validatePodSecurity). */
export const optionRules: Rule = (input) => [
  ...authentication(input),
  ...ingress(input),
  ...containerRuntime(input),
  ...podSecurity(input),
  ...dnsProvider(input),
];

const authentication: Rule = ({ spec }) => {
  const path = 'authentication.strategy';
  const strategies = authenticationStrategies(spec.authentication.strategy);
  return [
    ...strategies
      .filter((one) => one !== 'x509' && one !== 'webhook')
      .map((one) =>
        error('unknown-value', path, `"${one}" is not a strategy${didYouMean(one, ['x509', 'webhook'])}`),
      ),
    ...(strategies.includes('x509')
      ? []
      : [error('missing', path, 'x509 must be among the strategies: the components log in with it')]),
  ];
};

const networkModes = ['hostNetwork', 'hostPort', 'none'];
const dnsPolicies = ['ClusterFirst', 'ClusterFirstWithHostNet', 'None', 'Default'];

const ingress: Rule = ({ spec }) => {
  const {
    provider,
    dnsPolicy = '',
    networkMode,
    httpPort,
    httpsPort,
  } = spec.ingress as unknown as IngressChoices;
  const findings: Finding[] = [];
  const choice = (key: string, value: string, allowed: readonly string[]): void => {
    if (!allowed.includes(value))
      findings.push(
        error(
          'unknown-value',
          `ingress.${key}`,
          `"${value}" is not one of them${didYouMean(value, allowed)}`,
        ),
      );
  };
  choice('provider', provider, addonChoices('ingress'));
  if (dnsPolicy !== '') choice('dns_policy', dnsPolicy, dnsPolicies);
  choice('network_mode', networkMode, networkModes);
  if (networkMode !== 'hostPort') return findings;
  for (const [key, port] of [
    ['https_port', httpsPort],
    ['http_port', httpPort],
  ] as const) {
    if (port < 0 || port > 65_535)
      findings.push(error('bad-port', `ingress.${key}`, `${port} is not a port (1 to 65535)`));
  }
  if (httpPort === httpsPort)
    findings.push(
      error('bad-port', 'ingress.https_port', `${httpsPort} is http_port as well; they must differ`),
    );
  return findings;
};

interface IngressChoices {
  readonly provider: string;
  readonly dnsPolicy?: string;
  readonly networkMode: string;
  readonly httpPort: number;
  readonly httpsPort: number;
}

const containerRuntime: Rule = ({ spec }) => {
  const isEnabled = spec.enableCriDockerd === true;
  if (isEnabled && !isAtLeast(spec.kubernetesVersion, '1.21'))
    return [error('not-allowed', 'enable_cri_dockerd', `cri-dockerd is there from Kubernetes 1.21 on`)];
  return !isEnabled && isAtLeast(spec.kubernetesVersion, '1.24')
    ? [
        refusal(
          'not-allowed',
          'enable_cri_dockerd',
          'from Kubernetes 1.24 on a kubelet cannot use Docker without cri-dockerd; remove the key',
        ),
      ]
    : [];
};

const podSecurity: Rule = ({ spec, config }) => {
  const level = spec.services.kubeApi.podSecurityConfiguration ?? '';
  const path = 'services.kube-api.pod_security_configuration';
  if (level === '') return [];
  const findings: Finding[] = [];
  if (spec.authorization.mode !== 'rbac')
    findings.push(
      error(
        'not-allowed',
        // Of a level that nobody wrote, the mode is what can be changed.
        (config.services?.kubeApi?.podSecurityConfiguration ?? '') === '' ? 'authorization.mode' : path,
        'pod security needs authorization.mode rbac (from Kubernetes 1.23 on it is always there)',
      ),
    );
  if (!isAtLeast(spec.kubernetesVersion, '1.23'))
    findings.push(error('not-allowed', path, 'pod security is there from Kubernetes 1.23 on'));
  else if (level !== 'privileged' && level !== 'restricted')
    findings.push(
      error(
        'unknown-value',
        path,
        `"${level}" is not a level${didYouMean(level, ['privileged', 'restricted'])}`,
      ),
    );
  return findings;
};

const dnsProviders = addonChoices('dns');

/** RKE warned, and deployed no DNS. */
const dnsProvider: Rule = ({ spec: { dns } }) =>
  dnsProviders.includes(dns.provider)
    ? []
    : [
        refusal(
          'unknown-value',
          'dns.provider',
          `"${dns.provider}" is not a DNS provider${didYouMean(dns.provider, dnsProviders)}`,
        ),
      ];
