import { createHash } from 'node:crypto';

/** Entries of a record by key in code-unit order, so that the same input gives the same bytes. */
export function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** JSON with the keys of every object sorted; `undefined` members are left out. */
export function stableStringify(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isRecord(member) ? Object.fromEntries(sortedEntries(member)) : member,
  );
}

/** Lower-case hex digest of UTF-8 text or bytes. */
export function hash(algorithm: 'sha256' | 'md5', content: string | Uint8Array): string {
  return createHash(algorithm).update(content).digest('hex');
}

/** True for a plain object: neither null nor an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
