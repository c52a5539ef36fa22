import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { Fields } from '../../../core/fields.js';
import { recordAt } from '../../../core/fields.js';
import { isRecord } from '../../../core/stable.js';

/** What the objects of aci read of cluster.yml, under the names of the options without `aci_`. */
export interface AciSettings {
  /** Value of an option; '' if there is none. */
  readonly text: (name: string) => string;
  /** True unless the option is `false`: RKE's templates take any other value, and none, for true. */
  readonly isOn: (name: string) => boolean;
  /** True if the option is `true`. */
  readonly isTrue: (name: string) => boolean;
  /** Words of a list as one text; RKE joins them by blanks, and acc-provision writes them as JSON. */
  readonly words: (member: string) => string;
  /** Items of a list of maps. */
  readonly items: (member: string) => readonly Readonly<Record<string, string>>[];
  readonly podSubnets: readonly string[];
  readonly mtu: number;
  readonly tenant: string;
  readonly system: string;
}

export const aciNamespace = 'aci-containers-system';

export function aciSettings({ network, services }: ClusterSpec): AciSettings {
  const { options = {}, mtu = 0 } = network;
  const block = recordAt(network as unknown as Fields, 'aciNetworkProvider');
  const listOf = (member: string): readonly unknown[] => {
    const value = block[member];
    return Array.isArray(value) ? value : [];
  };
  const text = (name: string): string => options[`aci_${name}`] ?? '';
  const system = text('system_identifier');
  return {
    text,
    isOn: (name) => text(name) !== 'false',
    isTrue: (name) => text(name) === 'true',
    words: (member) => `[${listOf(member).map(String).join(' ')}]`,
    items: (member) =>
      listOf(member)
        .filter(isRecord)
        .map((item) => Object.fromEntries(Object.entries(item).map(([key, value]) => [key, String(value)]))),
    podSubnets: services.kubeController.clusterCidr.split(','),
    mtu,
    tenant: text('tenant') || system,
    system,
  };
}

/** True if taints or events are switched on: `false` and `False` are not. */
export function isOnInPython({ text }: AciSettings, name: string): boolean {
  return !['false', 'False'].includes(text(name));
}

/** Labels of the objects: the version of the configuration, with which the agents notice a change. */
export function versionLabel({ text }: AciSettings): Readonly<Record<string, string>> {
  return { 'aci-containers-config-version': text('token') };
}

export const pluginLabel = { 'network-plugin': 'aci-containers' };
