import { isAtLeast } from '../../versions/kubernetes-version.js';
import type { AddonDefinition, Block } from '../addons/addon-definition.js';
import { defaultChoice, definitionsOf, findDefinition } from '../addons/addon-definitions.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { orDefault } from '../../core/or-default.js';
import type { ClusterConfig } from '../schema/parse-config.js';
import {
  resolveDaemonSetStrategy,
  resolveDeploymentStrategy,
  resolveDnsStrategy,
} from './resolve-update-strategy.js';

/**
 * Options are RKE's defaults for the plugin, then those of the blocks that the file has, whatever the plugin is; `options` of the
 * file overrides both (RKE cluster/defaults.go:871-884).
 */
export function resolveNetwork(
  network: NonNullable<ClusterConfig['network']>,
  version: string,
): ClusterSpec['network'] {
  const plugin = orDefault(network.plugin, defaultChoice('network', version));
  const given: Readonly<Record<string, unknown>> = network;
  const blocks = definitionsOf('network').flatMap(({ name, providerBlock }) =>
    providerBlock === undefined
      ? []
      : [
          {
            json: providerBlock.json,
            ...providerBlock.resolve(given[providerBlock.json] as Block | undefined, {
              isPlugin: name === plugin,
            }),
          },
        ],
  );
  return {
    ...network,
    ...Object.fromEntries(blocks.flatMap(({ json, block }) => (block === undefined ? [] : [[json, block]]))),
    plugin,
    options: {
      ...optionDefaults(findDefinition('network', plugin)),
      ...Object.fromEntries(blocks.flatMap(({ options }) => Object.entries(options))),
      ...network.options,
    },
    updateStrategy: resolveDaemonSetStrategy(network.updateStrategy),
  } as ClusterSpec['network'];
}

function optionDefaults(addon: AddonDefinition | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(addon?.options ?? {}).flatMap(([name, { default: value }]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

export function resolveDns(dns: NonNullable<ClusterConfig['dns']>, version: string): ClusterSpec['dns'] {
  const provider = orDefault(dns.provider, defaultChoice('dns', version));
  const updateStrategy = resolveDnsStrategy(dns.updateStrategy, provider);
  return {
    linearAutoscalerParams: {
      coresPerReplica: 128,
      nodesPerReplica: 4,
      min: 1,
      preventSinglePointFailure: true,
    },
    ...dns,
    provider,
    ...(updateStrategy === undefined ? {} : { updateStrategy }),
  } as ClusterSpec['dns'];
}

export function resolveMonitoring(
  monitoring: NonNullable<ClusterConfig['monitoring']>,
  version: string,
): ClusterSpec['monitoring'] {
  const provider = orDefault(monitoring.provider, defaultChoice('monitoring', version));
  return {
    replicas: 1,
    ...monitoring,
    provider,
    updateStrategy: resolveDeploymentStrategy(monitoring.updateStrategy),
  } as ClusterSpec['monitoring'];
}

export function resolveIngress(
  ingress: NonNullable<ClusterConfig['ingress']>,
  version: string,
): ClusterSpec['ingress'] {
  const given = ingress as Partial<ClusterSpec['ingress']>;
  const isHostPort = isAtLeast(version, '1.21');
  return {
    defaultBackend: !isHostPort,
    defaultIngressClass: true,
    ...given,
    httpPort: given.httpPort || 80,
    httpsPort: given.httpsPort || 443,
    networkMode: given.networkMode || (isHostPort ? 'hostPort' : 'hostNetwork'),
    provider: orDefault(given.provider, defaultChoice('ingress', version)),
    updateStrategy: resolveDaemonSetStrategy(given.updateStrategy),
  };
}
