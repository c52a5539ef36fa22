import type {
  EncryptionKeyList,
  EncryptionProvider,
  EncryptionResource,
} from '../../config/custom-encryption.js';
import { plainYaml } from '../../yaml/plain-yaml.js';
import { isRecord } from '../../core/stable.js';
import { parseEncryption } from './parse-encryption.js';

/** Stored objects that kube-apiserver cannot read with a configuration. */
export interface Unreadable {
  /** Resource in the spelling of the configuration: `secrets`, `deployments.apps`. */
  readonly resource: string;
  /** Name of the key it is encrypted with; undefined for clear text. */
  readonly key: string | undefined;
}

/**
 * Finds the first way in which objects are stored after earlier configurations and that a new one cannot read. After a finished
 * run all Secrets are stored by the first provider; for other resources the user rewrites them in the same order.
 *
 * @param texts the earlier configurations; '' for none, which stores clear text
 */
export function findUnreadable(next: string, texts: readonly string[]): Unreadable | undefined {
  const after = readEntries(next);
  for (const text of texts) {
    const before = readEntries(text);
    const named = [...before, ...after].flatMap(({ resources = [] }) => resources);
    for (const resource of new Set(['secrets', ...named])) {
      const readable = listStorages(findEntry(after, resource)).map(({ id }) => id);
      // During a key rotation any of the generated keys may be in use.
      const all = listStorages(findEntry(before, resource));
      const isGenerated = parseEncryption(text)?.ending === false;
      const inUse = isGenerated ? all.filter(({ id }) => id !== clear) : all.slice(0, 1);
      const lost = inUse.find(({ id }) => !readable.includes(id));
      if (lost !== undefined) return { resource, key: lost.key };
    }
  }
  return undefined;
}

/** A way of storing objects; any provider with the same id can read them. */
interface Storage {
  readonly id: string;
  readonly key: string | undefined;
}

const clear = 'identity';

/** Lists all storages that an entry reads; it writes with the first. Without an entry: clear text. */
function listStorages(entry: EncryptionResource | undefined): Storage[] {
  if (entry === undefined) return [{ id: clear, key: undefined }];
  return (entry.providers ?? []).flatMap(listProviderStorages);
}

/** Stored objects start with the kind of the provider and the name of the key, so both must match. */
function listProviderStorages(provider: EncryptionProvider): Storage[] {
  const [kind = '', settings] = Object.entries(provider)[0] ?? [];
  if (kind === clear) return [{ id: clear, key: undefined }];
  if (kind === 'kms') {
    const { apiVersion = 'v1', name = '' } = provider.kms ?? {};
    return [{ id: `kms:${apiVersion}:${name}`, key: name }];
  }
  const { keys = [] } = (settings ?? {}) as EncryptionKeyList;
  return keys.map(({ name = '', secret = '' }) => ({
    id: `${kind}:${name}:${Buffer.from(secret, 'base64').toString('hex')}`,
    key: name,
  }));
}

/** Finds the first entry for a resource: by name, by group (`*.apps`; `*.` for the core group) or for all (`*.*`). */
function findEntry(entries: readonly EncryptionResource[], resource: string): EncryptionResource | undefined {
  const group = resource.includes('.') ? resource.slice(resource.indexOf('.') + 1) : '';
  return entries.find(({ resources = [] }) =>
    resources.some((name) => name === resource || name === `*.${group}` || name === '*.*'),
  );
}

/** Reads the entries of a configuration, in which apiVersion and kind may be duplicated. */
function readEntries(text: string): readonly EncryptionResource[] {
  const config = plainYaml(text);
  const entries: unknown = isRecord(config) ? config['resources'] : undefined;
  return Array.isArray(entries) ? (entries as readonly EncryptionResource[]) : [];
}
