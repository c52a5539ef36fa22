import { isRecord, sortedEntries } from '../../core/stable.js';
import { isAtLeast } from '../../versions/kubernetes-version.js';
import { error, warning, type Finding, type Rule, type RuleInput } from './rule.js';

/** `ingress` with provider traefik: what is meant for ingress-nginx must not be lost without a word. */
export const checkTraefik: Rule = (input) => [
  ...checkVersion(input),
  ...checkOptions(input),
  ...checkArguments(input),
  ...checkBackend(input),
  ...checkPortsOfNone(input),
  ...checkVariables(input),
];

const checkVersion: Rule = ({ spec: { kubernetesVersion } }) =>
  isAtLeast(kubernetesVersion, '1.21') || !/^v1\./.test(kubernetesVersion)
    ? []
    : [
        error(
          'not-allowed',
          'ingress.provider',
          `traefik needs Kubernetes 1.21 or newer, the cluster has ${kubernetesVersion}; use nginx until it is upgraded`,
        ),
      ];

/** What to write for an option of ingress-nginx. All others have no equivalent that is a flag. */
const optionAlternatives: Readonly<Record<string, string>> = {
  'use-forwarded-headers':
    'write extra_args: {entrypoints.web.forwardedheaders.trustedips: RANGES}, and the same for websecure',
  'proxy-real-ip-cidr':
    'write extra_args: {entrypoints.web.forwardedheaders.trustedips: RANGES}, and the same for websecure',
  'use-proxy-protocol':
    'write extra_args: {entrypoints.web.proxyprotocol.trustedips: RANGES}, and the same for websecure',
  'proxy-body-size': 'traefik does not limit the size of requests, so remove it',
  'proxy-read-timeout':
    'traefik waits for a response without a limit; extra_args: {serverstransport.forwardingtimeouts.responseheadertimeout: 60s} sets one',
  'proxy-connect-timeout': 'write extra_args: {serverstransport.forwardingtimeouts.dialtimeout: 5s}',
  'keep-alive': 'write extra_args: {entrypoints.websecure.transport.respondingtimeouts.idletimeout: 75s}',
  'enable-access-log-for-default-backend': 'write extra_args: {accesslog: "true"}',
  'log-format-upstream': 'write extra_args: {accesslog: "true", accesslog.format: json}',
  'error-log-level': 'write extra_args: {log.level: DEBUG}',
};

const checkOptions: Rule = ({ spec: { ingress } }) =>
  sortedEntries(ingress.options ?? {}).map(([name]) =>
    error(
      'not-allowed',
      `ingress.options.${name}`,
      `a setting of ingress-nginx, which traefik does not have; ${optionAlternatives[name] ?? 'remove it (docs/ingress.md)'}`,
    ),
  );

/** Blocks of traefik's static configuration; a flag of another one ends the program. */
const blocks: ReadonlySet<string> = new Set([
  ...['global', 'serverstransport', 'tcpserverstransport', 'entrypoints', 'providers', 'api', 'metrics'],
  ...['ping', 'log', 'accesslog', 'tracing', 'hostresolver', 'certificatesresolvers', 'experimental'],
  ...['core', 'spiffe', 'ocsp'],
]);

const ofNginxClass = (flag: string): string => `write providers.kubernetesingressnginx.${flag}`;

/** What to write for a flag of ingress-nginx. */
const flagAlternatives: Readonly<Record<string, string>> = {
  'http-port': 'write ingress: {http_port: PORT}',
  'https-port': 'write ingress: {https_port: PORT}',
  'ingress-class': ofNginxClass('ingressclass'),
  'ingress-class-by-name': ofNginxClass('ingressclassbyname'),
  'controller-class': ofNginxClass('controllerclass'),
  'watch-ingress-without-class': ofNginxClass('watchingresswithoutclass'),
  'watch-namespace': ofNginxClass('watchnamespace'),
  'watch-namespace-selector': ofNginxClass('watchnamespaceselector'),
  'publish-service': ofNginxClass('publishservice'),
  'publish-status-address': ofNginxClass('publishstatusaddress'),
  'default-backend-service': ofNginxClass('defaultbackendservice'),
  'disable-svc-external-name': ofNginxClass('disablesvcexternalname'),
  'enable-ssl-passthrough': 'remove it: traefik honours the annotation ssl-passthrough without a flag',
  'default-ingress-class': 'write ingress: {default_ingress_class: false}',
  'default-ssl-certificate':
    'traefik has a default certificate only by its custom resources or a file; name the Secret in each Ingress (docs/ingress.md)',
  'enable-metrics': 'write metrics.prometheus',
  v: 'write log.level',
};

/** Flags that the pods of rke depend on. */
const fixedFlags: Readonly<Record<string, string>> = {
  'entrypoints.web.address': 'the port of the node leads there; write ingress: {http_port: PORT}',
  'entrypoints.websecure.address': 'the port of the node leads there; write ingress: {https_port: PORT}',
  'entrypoints.traefik.address': 'the health checks of the pods ask there; remove it',
  ping: 'the health checks of the pods ask it; remove it',
};

const checkArguments: Rule = ({ spec: { ingress } }) =>
  sortedEntries(ingress.extraArgs ?? {}).flatMap(([given]): Finding[] => {
    const path = `ingress.extra_args.${given}`;
    const name = given.toLowerCase();
    const fixed = fixedFlags[name] ?? (name.startsWith('ping.') ? fixedFlags['ping'] : undefined);
    if (fixed !== undefined) return [error('not-allowed', path, `cannot be changed: ${fixed}`)];
    if (blocks.has(name.split('.')[0] ?? '')) return [];
    const alternative = flagAlternatives[name] ?? 'remove it, or write a flag of traefik such as log.level';
    return [error('unknown-value', path, `traefik has no such flag and would not start; ${alternative}`)];
  });

/** traefik has no default backend: it answers 404 itself. */
function checkBackend({ config }: RuleInput): Finding[] {
  const { defaultBackend, defaultHttpBackendPriorityClassName: priority = '' } = config.ingress ?? {};
  const own = 'has no effect with traefik, which answers 404 for unknown hosts itself; remove it';
  return [
    ...(defaultBackend === true ? [warning('no-effect', 'ingress.default_backend', own)] : []),
    ...(priority === ''
      ? []
      : [warning('no-effect', 'ingress.default_http_backend_priority_class_name', own)]),
  ];
}

function checkPortsOfNone({ spec, config }: RuleInput): Finding[] {
  if (spec.ingress.networkMode !== 'none') return [];
  const { httpPort = 0, httpsPort = 0 } = config.ingress ?? {};
  return [['http_port', httpPort] as const, ['https_port', httpsPort] as const].flatMap(([key, port]) =>
    port === 0
      ? []
      : [
          warning(
            'no-effect',
            `ingress.${key}`,
            'has no effect with network_mode none: a Service of yours has the port; remove it',
          ),
        ],
  );
}

/** traefik reads its configuration from flags or from variables, never from both. */
const checkVariables: Rule = ({ spec: { ingress } }) =>
  (ingress.extraEnvs ?? []).flatMap((variable: unknown, index) => {
    const name = isRecord(variable) ? variable['name'] : undefined;
    return typeof name === 'string' && name.startsWith('TRAEFIK_')
      ? [
          warning(
            'no-effect',
            `ingress.extra_envs[${index}]`,
            `traefik ignores ${name}, because it has flags; write the setting in extra_args`,
          ),
        ]
      : [];
  });
