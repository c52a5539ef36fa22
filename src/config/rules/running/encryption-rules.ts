import { isRecord, stableStringify } from '../../../core/stable.js';
import type { ClusterSpec } from '../../cluster-spec.js';
import type { Finding } from '../rule.js';
import type { Difference } from './differences.js';
import { refuse, type RunningCluster } from './running-cluster.js';

/**
 * `custom_config`: the provider that wrote the objects so far must stay, or nobody can read them. Which key comes first, and
 * what is added, is free.
 */
export function customEncryption(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const after = entriesOf(cluster.spec);
  // Turned on or off: decided with the keys of the state (plan/encryption/encryption-steps.ts).
  if (after.length === 0) return undefined;
  const earlier = [cluster.running, ...(cluster.begun === undefined ? [] : [cluster.begun])];
  for (const { resource, writer } of earlier.flatMap(entriesOf)) {
    const readers = after.filter((entry) => entry.resource === resource).flatMap(({ all }) => all);
    if (readers.includes(writer)) continue;
    // In clear, as everything is that no entry is for.
    if (writer === identity && readers.length === 0) continue;
    return refuse(
      difference.path,
      `${resource} could not be read any more: the provider that the cluster writes them with is missing`,
      'keep that provider with its key behind the new one, run `rke up`, and remove it later',
    );
  }
  return undefined;
}

interface Entry {
  readonly resource: string;
  /** Provider with one key, as text. */
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

/** One text for each key of a provider. */
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
