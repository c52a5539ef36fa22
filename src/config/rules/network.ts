import { isAtLeast, isBuildWithin, isWithin } from '../../versions/kubernetes-version.js';
import type { AddonDefinition, EndOfLife } from '../addons/addon-definition.js';
import { addonChoices, definitionsOf, findDefinition } from '../addons/addon-definitions.js';
import type { NetworkSpec } from '../cluster-spec.js';
import { didYouMean, error, refusal, unwritten, warning, type Finding, type Rule } from './rule.js';

/** What RKE asks of the network (cluster/validation.go validateNetworkOptions). */
export const networkRules: Rule = ({ spec, config }) => {
  const { network, kubernetesVersion: version, services } = spec;
  const { plugin } = network;
  const path = 'network.plugin';
  const addon = findDefinition('network', plugin);
  if (addon === undefined && plugin !== 'none') {
    const plugins = addonChoices('network');
    return [
      error('unknown-value', path, `"${plugin}" is not a network plugin${didYouMean(plugin, plugins)}`),
    ];
  }
  const isDualStack =
    services.kubeApi.serviceClusterIpRange.includes(',') || services.kubeController.clusterCidr.includes(',');
  return [
    ...(addon?.hasMtu === false && (network.mtu ?? 0) !== 0
      ? [error('not-allowed', 'network.mtu', `${plugin} finds its own MTU; take the key away`)]
      : []),
    ...(addon?.endOfLife === undefined
      ? []
      : endOfLife(plugin, addon.endOfLife, { version, because: unwritten(spec, config) })),
    ...(isDualStack ? dualStack(plugin, addon, version) : []),
    ...missingKeys(addon, network),
    ...numbers(network.options ?? {}),
    ...values(addon, network.options ?? {}),
  ];
};

function endOfLife(
  plugin: string,
  { deprecatedIn, removedIn, successors }: EndOfLife,
  { version, because }: { readonly version: string; readonly because: string },
): Finding[] {
  const path = 'network.plugin';
  if (isAtLeast(version, removedIn))
    return [
      error(
        'not-allowed',
        path,
        `${plugin} ends with Kubernetes ${minorBefore(removedIn)}${because}; choose ${successors}`,
      ),
    ];
  const since = deprecatedIn.split('.').slice(0, 2).join('.');
  return isWithin(version, `>=${deprecatedIn}`)
    ? [
        warning(
          'deprecated',
          path,
          `${plugin} is deprecated from Kubernetes ${since} on and gone from ${removedIn} on`,
        ),
      ]
    : [];
}

function minorBefore(minor: string): string {
  const [major = '', number = ''] = minor.split('.');
  return `${major}.${Number(number) - 1}`;
}

function dualStack(plugin: string, addon: AddonDefinition | undefined, version: string): Finding[] {
  const path = 'network.plugin';
  const support = addon?.ipFamilies?.dualStack ?? false;
  if (support === true) return [];
  if (support === false) {
    const others = definitionsOf('network').filter(({ ipFamilies }) => ipFamilies?.dualStack === true);
    const names = others.map(({ name }) => name).join(' and ');
    return [error('not-allowed', path, `${plugin} knows one family of addresses only; ${names} knows both`)];
  }
  return isBuildWithin(version, support)
    ? []
    : [
        error(
          'not-allowed',
          path,
          `the ${plugin.toUpperCase()} plugin of ${version} knows one family of addresses only`,
        ),
      ];
}

function missingKeys(addon: AddonDefinition | undefined, network: NetworkSpec): Finding[] {
  const { requirements = [], providerBlock } = addon ?? {};
  if (addon === undefined || providerBlock === undefined) return [];
  const block = (
    network as unknown as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>
  )[providerBlock.json];
  return requirements
    .filter(({ option, member }) =>
      option === undefined ? block?.[member ?? ''] === undefined : (network.options?.[option] ?? '') === '',
    )
    .map(({ key }) =>
      error(
        'missing',
        `network.${providerBlock.key}.${key}`,
        `the ${addon.name.toUpperCase()} plugin cannot do without it`,
      ),
    );
}

/** Whatever the plugin is: they are written into its configuration, where a word would stop it. */
function numbers(options: Readonly<Record<string, string>>): Finding[] {
  return definitionsOf('network')
    .flatMap((addon) => Object.entries(addon.options ?? {}))
    .filter(([name, { isNumber }]) => isNumber === true && !/^\d+$/.test(options[name] ?? '0'))
    .map(([name]) =>
      error('bad-number', `network.options.${name}`, `"${options[name] ?? ''}" is not a whole number`),
    );
}

/** Values that the plugin does not start with; RKE wrote anything into its configuration. */
function values(addon: AddonDefinition | undefined, options: Readonly<Record<string, string>>): Finding[] {
  return Object.entries(addon?.options ?? {}).flatMap(([option, { values: allowed }]) => {
    const value = options[option];
    if (allowed === undefined || value === undefined || allowed.names.includes(value)) return [];
    return [
      refusal(
        'unknown-value',
        `network.options.${option}`,
        `"${value}" is not a ${allowed.of}${didYouMean(value, allowed.names)}`,
      ),
    ];
  });
}
