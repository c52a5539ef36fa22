import { isAtLeast } from '../../versions/kubernetes-version.js';
import { addonChoices } from '../addons/addon-definitions.js';
import { splitStrategies } from '../resolve/resolve-authentication.js';
import { error, invalidChoice, refusal, type Finding, type Rule } from './rule.js';

/** Keys with a fixed set of values (RKE cluster/validation.go validateAuthOptions to validatePodSecurity). */
export const optionRules: Rule = (input) => [
  ...checkAuthentication(input),
  ...checkContainerRuntime(input),
  ...checkPodSecurity(input),
  ...checkDnsProvider(input),
];

const checkAuthentication: Rule = ({ spec }) => {
  const path = 'authentication.strategy';
  const strategies = splitStrategies(spec.authentication.strategy);
  return [
    ...strategies
      .filter((one) => one !== 'x509' && one !== 'webhook')
      .map((one) =>
        error('unknown-value', path, invalidChoice('authentication strategy', one, ['x509', 'webhook'])),
      ),
    ...(strategies.includes('x509')
      ? []
      : [
          error(
            'missing',
            path,
            'x509 is required: the components log in with certificates; add it, for example x509|webhook',
          ),
        ]),
  ];
};

const checkContainerRuntime: Rule = ({ spec }) => {
  const isEnabled = spec.enableCriDockerd === true;
  if (isEnabled && !isAtLeast(spec.kubernetesVersion, '1.21'))
    return [
      error(
        'not-allowed',
        'enable_cri_dockerd',
        'cri-dockerd requires Kubernetes 1.21 or later; remove the key',
      ),
    ];
  return !isEnabled && isAtLeast(spec.kubernetesVersion, '1.24')
    ? [
        refusal(
          'not-allowed',
          'enable_cri_dockerd',
          'Kubernetes 1.24 and later cannot use Docker without cri-dockerd; remove the key',
        ),
      ]
    : [];
};

const checkPodSecurity: Rule = ({ spec, config }) => {
  const level = spec.services.kubeApi.podSecurityConfiguration ?? '';
  const path = 'services.kube-api.pod_security_configuration';
  if (level === '') return [];
  const isDefault = (config.services?.kubeApi?.podSecurityConfiguration ?? '') === '';
  const findings: Finding[] = [];
  if (spec.authorization.mode !== 'rbac')
    findings.push(
      error(
        'not-allowed',
        // If the level is a default, the mode is what the user can change.
        isDefault ? 'authorization.mode' : path,
        `pod_security_configuration${isDefault ? ` (default of RKE v1: ${level})` : ''} requires authorization.mode: rbac`,
      ),
    );
  if (!isAtLeast(spec.kubernetesVersion, '1.23'))
    findings.push(error('not-allowed', path, 'requires Kubernetes 1.23 or later; remove the key'));
  else if (level !== 'privileged' && level !== 'restricted')
    findings.push(
      error('unknown-value', path, invalidChoice('pod security level', level, ['privileged', 'restricted'])),
    );
  return findings;
};

const dnsProviders = addonChoices('dns');

/** RKE v1 only warned, and deployed no DNS. */
const checkDnsProvider: Rule = ({ spec: { dns } }) =>
  dnsProviders.includes(dns.provider)
    ? []
    : [refusal('unknown-value', 'dns.provider', invalidChoice('DNS provider', dns.provider, dnsProviders))];
