import { isAtLeast, isBuildWithin, isWithin } from '../../versions/kubernetes-version.js';
import type { AddonDefinition, EndOfLife } from '../addons/addon-definition.js';
import { addonChoices, definitionsOf, findDefinition } from '../addons/addon-definitions.js';
import type { NetworkSpec } from '../cluster-spec.js';
import {
  choiceOrigin,
  error,
  invalidChoice,
  refusal,
  versionOrigin,
  warning,
  type Finding,
  type Rule,
  type RuleInput,
} from './rule.js';

/** What RKE requires of the network (cluster/validation.go validateNetworkOptions). */
export const networkRules: Rule = (input) => {
  const { spec } = input;
  const { network, kubernetesVersion: version, services } = spec;
  const { plugin } = network;
  const path = 'network.plugin';
  const addon = findDefinition('network', plugin);
  if (addon === undefined && plugin !== 'none') {
    return [error('unknown-value', path, invalidChoice('network plugin', plugin, addonChoices('network')))];
  }
  const isDualStack =
    services.kubeApi.serviceClusterIpRange.includes(',') || services.kubeController.clusterCidr.includes(',');
  return [
    ...(addon?.hasMtu === false && (network.mtu ?? 0) !== 0
      ? [error('not-allowed', 'network.mtu', `${plugin} detects its MTU itself; remove the key`)]
      : []),
    ...(addon?.endOfLife === undefined
      ? []
      : checkEndOfLife(plugin, addon.endOfLife, { version, origin: versionOrigin(input) })),
    ...(isDualStack ? checkDualStack(input, addon) : []),
    ...checkStrategy(addon, network),
    ...checkRequirements(addon, network),
    ...checkNumbers(network.options ?? {}),
    ...checkValues(addon, network.options ?? {}),
    ...warnOfUnusedOptions(addon, input),
  ];
};

/** The plugin of a running cluster cannot be changed: such a cluster keeps its Kubernetes version. */
function checkEndOfLife(
  plugin: string,
  { deprecatedIn, removedIn, successors }: EndOfLife,
  { version, origin }: { readonly version: string; readonly origin: string },
): Finding[] {
  const path = 'network.plugin';
  if (isAtLeast(version, removedIn))
    return [
      error(
        'not-allowed',
        path,
        `${plugin} was removed in Kubernetes ${removedIn}${origin}; use ${successors} in a new cluster, ` +
          `or keep Kubernetes ${minorBefore(removedIn)} in a cluster that runs ${plugin} until another plugin has replaced it (docs/running-cluster.md)`,
      ),
    ];
  const since = deprecatedIn.split('.').slice(0, 2).join('.');
  return isWithin(version, `>=${deprecatedIn}`)
    ? [
        warning(
          'deprecated',
          path,
          `${plugin} is deprecated since Kubernetes ${since} and was removed in ${removedIn}`,
        ),
      ]
    : [];
}

function minorBefore(minor: string): string {
  const [major = '', number = ''] = minor.split('.');
  return `${major}.${Number(number) - 1}`;
}

function checkDualStack(input: RuleInput, addon: AddonDefinition | undefined): Finding[] {
  const path = 'network.plugin';
  const { plugin } = input.spec.network;
  const version = input.spec.kubernetesVersion;
  const isDefault = input.lineOf(path) === undefined;
  const support = addon?.ipFamilies?.dualStack ?? false;
  if (support === true) return [];
  if (support === false) {
    const others = definitionsOf('network').filter(({ ipFamilies }) => ipFamilies?.dualStack === true);
    const names = others.map(({ name }) => name).join(' or ');
    return [
      {
        ...error(
          'not-allowed',
          path,
          `${plugin}${choiceOrigin(input, path)} supports one IP family only; in a new cluster, use ranges of one family, or ${names}`,
        ),
        isDefault,
      },
    ];
  }
  return isBuildWithin(version, support)
    ? []
    : [
        error(
          'not-allowed',
          path,
          `the ${plugin.toUpperCase()} plugin of ${version} supports one IP family only; in a new cluster, use ranges of one family`,
        ),
      ];
}

function checkStrategy(addon: AddonDefinition | undefined, { updateStrategy }: NetworkSpec): Finding[] {
  const strategy = updateStrategy?.strategy ?? '';
  return addon?.isRollingOnly !== true || ['', 'RollingUpdate'].includes(strategy)
    ? []
    : [
        warning(
          'no-effect',
          'network.update_strategy.strategy',
          `${strategy} has no effect with ${addon.name}, which always has a rolling update, the same as in RKE v1; remove the key`,
        ),
      ];
}

function checkRequirements(addon: AddonDefinition | undefined, network: NetworkSpec): Finding[] {
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
        `${key} is required with the ${addon.name.toUpperCase()} plugin`,
      ),
    );
}

/** Options that become numbers in the configuration of a plugin, whichever plugin is chosen. */
function checkNumbers(options: Readonly<Record<string, string>>): Finding[] {
  return definitionsOf('network')
    .flatMap((addon) => Object.entries(addon.options ?? {}))
    .filter(([name, { isNumber }]) => isNumber === true && !/^\d+$/.test(options[name] || '0'))
    .map(([name]) =>
      error('bad-number', `network.options.${name}`, `expected an integer, got "${options[name] ?? ''}"`),
    );
}

/** A plugin does not start with an unknown value. RKE v1 did not check it. */
function checkValues(
  addon: AddonDefinition | undefined,
  options: Readonly<Record<string, string>>,
): Finding[] {
  return Object.entries(addon?.options ?? {}).flatMap(([option, { values: allowed }]) => {
    const value = options[option];
    if (allowed === undefined || value === undefined || allowed.names.includes(value)) return [];
    return [
      refusal('unknown-value', `network.options.${option}`, invalidChoice(allowed.of, value, allowed.names)),
    ];
  });
}

/** Options that RKE v1 accepts and that do nothing. A value that is the default needs no warning. */
function warnOfUnusedOptions(addon: AddonDefinition | undefined, { spec, lineOf }: RuleInput): Finding[] {
  const given = spec.network.options ?? {};
  return Object.entries(addon?.options ?? {}).flatMap(([option, { unusedSince, default: standard = '' }]) => {
    const isUsed = unusedSince === undefined || !isAtLeast(spec.kubernetesVersion, unusedSince);
    if (isUsed || [standard, ''].includes(given[option] ?? '')) return [];
    const path = `network.options.${option}`;
    const block = `network.${addon?.providerBlock?.key ?? ''}`;
    return [
      warning(
        'no-effect',
        lineOf(path) === undefined ? block : path,
        `${option} has no effect with ${spec.kubernetesVersion}, the same as in RKE v1; remove it`,
      ),
    ];
  });
}
