import { isRecord } from '../../core/stable.js';
import { addonChoices } from '../addons/addon-definitions.js';
import { nginx } from '../addons/nginx.js';
import type { IngressSpec } from '../cluster-spec.js';
import { checkTraefik } from './traefik.js';
import { choiceOrigin, error, invalidChoice, refusal, warning, type Finding, type Rule } from './rule.js';

/** The ingress controller (RKE cluster/validation.go validateIngressOptions). */
export const ingressRules: Rule = (input) => [
  ...checkChoices(input),
  ...checkPorts(input),
  ...(input.spec.ingress.provider === 'nginx' ? checkNginx(input) : []),
  ...(input.spec.ingress.provider === 'traefik' ? checkTraefik(input) : []),
  ...(['nginx', 'traefik'].includes(input.spec.ingress.provider) ? checkExtras(input.spec.ingress) : []),
];

const checkChoices: Rule = ({ spec: { ingress } }) => {
  const { provider, dnsPolicy = '', networkMode = '' } = ingress;
  const check = (key: string, what: string, value: string, allowed: readonly string[]): Finding[] =>
    allowed.includes(value)
      ? []
      : [error('unknown-value', `ingress.${key}`, invalidChoice(what, value, allowed))];
  const dnsPolicies = ['ClusterFirst', 'ClusterFirstWithHostNet', 'None', 'Default'];
  return [
    ...check('provider', 'ingress provider', provider, addonChoices('ingress')),
    ...(dnsPolicy === '' ? [] : check('dns_policy', 'DNS policy', dnsPolicy, dnsPolicies)),
    ...check('network_mode', 'network mode', networkMode, ['hostNetwork', 'hostPort', 'none']),
  ];
};

const checkPorts: Rule = ({ spec: { ingress } }) => {
  const { provider, networkMode, httpPort = 0, httpsPort = 0 } = ingress;
  const opensPorts = networkMode === 'hostPort' || (provider === 'traefik' && networkMode === 'hostNetwork');
  if (!opensPorts) return [];
  const ports = [
    ['https_port', httpsPort],
    ['http_port', httpPort],
  ] as const;
  return [
    ...ports
      .filter(([, port]) => port < 0 || port > 65_535)
      .map(([key, port]) =>
        error('bad-port', `ingress.${key}`, `expected a port from 1 to 65535, got ${port}`),
      ),
    ...(httpPort === httpsPort
      ? [error('bad-port', 'ingress.https_port', `${httpsPort} is also http_port; use two different ports`)]
      : []),
  ];
};

const checkNginx: Rule = (input) => [
  ...warnOfRetirement(input),
  ...checkAccess(input),
  ...checkArguments(input.spec.ingress),
  ...checkIgnored(input),
];

/**
 * Once, whether the file chooses it or RKE's default does. Without its state file, a cluster that runs it looks like a new one,
 * so `none` is never suggested without what it removes.
 */
const warnOfRetirement: Rule = ({ lineOf, forChange }) => {
  if (!forChange) return [];
  const path = 'ingress.provider';
  const isDefault = lineOf(path) === undefined;
  const what = isDefault
    ? 'is not set, so the cluster has ingress-nginx (default of RKE v1), which was'
    : 'ingress-nginx was';
  return [
    warning(
      'retired-addon',
      path,
      `${what} retired upstream in ${nginx.retired} and gets no more security fixes; ` +
        'in a new cluster, write ingress: {provider: traefik}, or none to install another controller yourself; ' +
        'in a running cluster, read docs/ingress.md first, because both remove ingress-nginx',
    ),
  ];
};

/** Without RBAC, RKE creates no ServiceAccount, and the Jobs that create the certificate of the webhook need one. */
const checkAccess: Rule = (input) => {
  const { spec, catalog } = input;
  const template = catalog.templateKey('nginxIngress', spec.kubernetesVersion);
  if (spec.authorization.mode === 'rbac' || template === 'nginxingress-v1.15.12') return [];
  return [
    refusal(
      'not-allowed',
      'authorization.mode',
      `ingress-nginx${choiceOrigin(input, 'ingress.provider')} does not start without RBAC: its admission Jobs need a ServiceAccount; ` +
        'in a new cluster, set rbac, or write ingress: {provider: none}',
      spec.kubernetesVersion,
    ),
  ];
};

function checkArguments({ extraArgs = {} }: IngressSpec): Finding[] {
  return ['http-port', 'https-port'].flatMap((name) => {
    const port = extraArgs[name] ?? '';
    const isPort = /^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535;
    return port === '' || isPort
      ? []
      : [refusal('bad-port', `ingress.extra_args.${name}`, `expected a port from 1 to 65535, got "${port}"`)];
  });
}

/** Keys that the first manifest does not read, with the only value that says what it does anyway. */
const unreadAtFirst = [
  { name: 'networkMode', key: 'network_mode', same: 'hostNetwork' },
  { name: 'defaultBackend', key: 'default_backend', same: true },
  { name: 'tolerations', key: 'tolerations', same: undefined },
  {
    name: 'nginxIngressControllerPriorityClassName',
    key: 'nginx_ingress_controller_priority_class_name',
    same: undefined,
  },
  {
    name: 'defaultHttpBackendPriorityClassName',
    key: 'default_http_backend_priority_class_name',
    same: undefined,
  },
] as const;

/** Keys that some manifests of RKE leave out. */
const checkIgnored: Rule = ({ spec, config, catalog }) => {
  const version = spec.kubernetesVersion;
  const template = catalog.templateKey('nginxIngress', version) ?? '';
  const noEffect = `has no effect in ${version}, the same as RKE v1`;
  const unread = template === 'nginxingress-v1.15' ? unreadAtFirst : [];
  return [
    ...unread.flatMap(({ name, key, same }) => {
      const given = config.ingress?.[name];
      return given === undefined || given === same
        ? []
        : [warning('incomplete', `ingress.${key}`, `has no effect in ${version}; upgrade to a later build`)];
    }),
    ...(template === 'nginxingress-v1.1.0-rancher2' && Object.keys(spec.ingress.options ?? {}).length > 0
      ? [warning('incomplete', 'ingress.options', `${noEffect}; upgrade to a later build`)]
      : []),
    ...(/-v1\.(1\.0-rancher[24]|2\.0-rancher1)$/.test(template) &&
    config.ingress?.['defaultIngressClass'] === false
      ? [
          warning(
            'incomplete',
            'ingress.default_ingress_class',
            `${noEffect}; write ingress: {extra_args: {default-ingress-class: "false"}}`,
          ),
        ]
      : []),
  ];
};

/** Parts of a pod that the file gives as the Kubernetes API has them. */
function checkExtras({ extraEnvs = [], extraVolumes = [], extraVolumeMounts = [] }: IngressSpec): Finding[] {
  return [
    ...extraEnvs.flatMap((variable, index) => {
      const path = `ingress.extra_envs[${index}]`;
      const value = isRecord(variable) ? variable['value'] : undefined;
      const isText = value === undefined || typeof value === 'string';
      return [
        ...requireTexts(variable, path, ['name']),
        ...(isText
          ? []
          : [error('wrong-type', `${path}.value`, 'expected a string; put the value in quotes')]),
      ];
    }),
    ...extraVolumes.flatMap((volume, index) =>
      requireTexts(volume, `ingress.extra_volumes[${index}]`, ['name']),
    ),
    ...extraVolumeMounts.flatMap((mount, index) =>
      requireTexts(mount, `ingress.extra_volume_mounts[${index}]`, ['name', 'mountPath']),
    ),
  ];
}

function requireTexts(entry: unknown, path: string, names: readonly string[]): Finding[] {
  if (!isRecord(entry)) return [error('wrong-type', path, 'expected a map of keys')];
  return names
    .filter((name) => typeof entry[name] !== 'string' || entry[name] === '')
    .map((name) => refusal('missing', path, `${name} is required`));
}
