import { isRecord, stableStringify } from '../../../core/stable.js';
import type { ClusterSpec } from '../../cluster-spec.js';
import type { Finding } from '../rule.js';
import type { Difference } from './differences.js';
import { refuse, type RunningCluster } from './running-cluster.js';

/**
 * `custom_config`: the provider that encrypts the objects now must remain, or they become unreadable. Providers may be added,
 * and the order of keys may change.
 */
export function judgeCustomEncryption(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const after = entriesOf(cluster.spec);
  // Enabled or disabled: decided with the keys of the state (plan/encryption/encryption-steps.ts).
  if (after.length === 0) return undefined;
  const earlier = [cluster.running, ...(cluster.begun === undefined ? [] : [cluster.begun])];
  for (const { resource, writer } of earlier.flatMap(entriesOf)) {
    const readers = after.filter((entry) => entry.resource === resource).flatMap(({ all }) => all);
    if (readers.includes(writer)) continue;
    // Unencrypted, the same as every resource without an entry.
    if (writer === identity && readers.length === 0) continue;
    return refuse(
      difference.path,
      `${resource} would become unreadable: the provider that encrypts them now is missing`,
      'keep that provider and its key after the new one, run `rke up`, and remove it in a later run',
    );
  }
  return undefined;
}

interface Entry {
  readonly resource: string;
  /** The provider with one key, as a string. */
  readonly writer: string;
  readonly all: readonly string[];
}

const identity = 'identity';

function entriesOf({ services }: ClusterSpec): Entry[] {
  const config = services.kubeApi.secretsEncryptionConfig?.customConfig;
  return listOf(isRecord(config) ? config['resources'] : undefined).flatMap((entry) => {
    const all = listOf(entry['providers']).flatMap(readersIn);
    const [writer] = all;
    const resources: unknown = entry['resources'];
    const names = Array.isArray(resources) ? resources.map(String) : [];
    return writer === undefined ? [] : names.map((resource) => ({ resource, writer, all }));
  });
}

/** One string for each key of a provider. */
function readersIn(provider: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(provider).flatMap(([kind, settings]) => {
    if (kind === identity) return [identity];
    if (!isRecord(settings)) return [];
    const keys = listOf(settings['keys']);
    return keys.length === 0
      ? [stableStringify([kind, settings['name'], settings['endpoint']])]
      : keys.map(({ name, secret }) => stableStringify([kind, name, secret]));
  });
}

const listOf = (value: unknown): Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];
