import type {
  EncryptionKeyList,
  EncryptionProvider,
  EncryptionResource,
} from '../../config/custom-encryption.js';
import { plainYaml } from '../../yaml/plain-yaml.js';
import { isRecord } from '../../core/stable.js';
import { parseEncryption } from './parse-encryption.js';

/** What kube-apiserver cannot read with a configuration, although it is stored so. */
export interface Unreadable {
  /** Resource as the configuration names it: `secrets`, `deployments.apps`. */
  readonly resource: string;
  /** What it is stored with: undefined for clear text. */
  readonly key: string | undefined;
}

/**
 * The first thing that objects are stored with after earlier configurations, and that a new one cannot read. With a text, all Secrets
 * are stored by its first provider once a run has finished; who encrypts more rewrites it by hand, in the same order.
 *
 * @param texts earlier ones; empty for none, which stores in clear
 */
export function findUnreadable(next: string, texts: readonly string[]): Unreadable | undefined {
  const after = readEntries(next);
  for (const text of texts) {
    const before = readEntries(text);
    const named = [...before, ...after].flatMap(({ resources = [] }) => resources);
    for (const resource of new Set(['secrets', ...named])) {
      const readable = listStorages(findEntry(after, resource)).map(({ id }) => id);
      // In a rotation of rke, whichever of its keys may be in use.
      const all = listStorages(findEntry(before, resource));
      const isOwn = parseEncryption(text)?.ending === false;
      const inUse = isOwn ? all.filter(({ id }) => id !== clear) : all.slice(0, 1);
      const lost = inUse.find(({ id }) => !readable.includes(id));
      if (lost !== undefined) return { resource, key: lost.key };
    }
  }
  return undefined;
}

/** How an object is stored; objects of one id can be read with any provider of that id. */
interface Storage {
  readonly id: string;
  readonly key: string | undefined;
}

const clear = 'identity';

/** All that an entry reads, and first what it writes with. Without an entry: clear text. */
function listStorages(entry: EncryptionResource | undefined): Storage[] {
  if (entry === undefined) return [{ id: clear, key: undefined }];
  return (entry.providers ?? []).flatMap(listProviderStorages);
}

/** What is stored begins with the kind of the provider and the name of the key, so both must be the same. */
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

/** The first entry that is of the resource: by its name, its group (`*.apps`, `*.` of the core group) or of all (`*.*`). */
function findEntry(entries: readonly EncryptionResource[], resource: string): EncryptionResource | undefined {
  const group = resource.includes('.') ? resource.slice(resource.indexOf('.') + 1) : '';
  return entries.find(({ resources = [] }) =>
    resources.some((name) => name === resource || name === `*.${group}` || name === '*.*'),
  );
}

/** The parts of a configuration; apiVersion and kind may be there twice. */
function readEntries(text: string): readonly EncryptionResource[] {
  const config = plainYaml(text);
  const entries: unknown = isRecord(config) ? config['resources'] : undefined;
  return Array.isArray(entries) ? (entries as readonly EncryptionResource[]) : [];
}
