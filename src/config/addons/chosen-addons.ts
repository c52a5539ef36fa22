import type { ClusterSpec } from '../cluster-spec.js';
import type { AddonKind } from './addon-definition.js';
import { findDefinition, type KnownAddon } from './addon-definitions.js';

/** Where cluster.yml says which add-on of a kind there is. */
export interface AddonChoice {
  /** The block of cluster.yml that configures it. */
  readonly block: 'network' | 'dns' | 'monitoring' | 'ingress';
  /** The key below the block that chooses it. */
  readonly key: string;
  /** The choice of a resolved cluster. */
  readonly of: (spec: ClusterSpec) => string;
}

/** In the order in which RKE deploys them (cluster/addons.go). */
export const addonKinds = {
  network: { block: 'network', key: 'plugin', of: ({ network }) => network.plugin },
  dns: { block: 'dns', key: 'provider', of: ({ dns }) => dns.provider },
  // Deployed by its address, and not without a DNS provider (RKE cluster/addons.go).
  nodelocal: {
    block: 'dns',
    key: 'nodelocal',
    of: ({ dns }) =>
      dns.provider === 'none' || (dns.nodelocal?.ipAddress ?? '') === '' ? 'none' : 'nodelocal',
  },
  monitoring: { block: 'monitoring', key: 'provider', of: ({ monitoring }) => monitoring.provider },
  ingress: { block: 'ingress', key: 'provider', of: ({ ingress }) => ingress.provider },
} as const satisfies Readonly<Record<AddonKind, AddonChoice>>;

/** The add-ons of a resolved cluster, in the order in which RKE deploys them. */
export function chosenAddons(spec: ClusterSpec): KnownAddon[] {
  return (Object.keys(addonKinds) as AddonKind[]).flatMap((kind) => {
    const choice = addonKinds[kind].of(spec);
    // Any other word than `none` means metrics-server, as in RKE.
    const name = kind === 'monitoring' && choice !== 'none' ? 'metrics-server' : choice;
    return findDefinition(kind, name) ?? [];
  });
}
