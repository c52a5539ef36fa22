import { readFileSync } from 'node:fs';
import { loadCluster } from '../../src/config/validate.js';
import { isRecord } from '../../src/core/stable.js';
import type { VersionCatalog } from '../../src/versions/catalog.js';
import { differences } from '../tools/differences.js';

/** The vector of a cluster.yml: the resolved configuration, or the reason of its rejection. */
interface ConfigVector {
  readonly ok: boolean;
  readonly resolved?: unknown;
  readonly error?: string;
  readonly stage?: string;
}

/**
 * Reads a vector's cluster.yml with every `--allow-…` flag and compares with RKE v1: accepted or rejected, and the resolved
 * configuration.
 *
 * @returns the differences; empty if both are equal
 */
export function configDifferences(folder: string, name: string, catalog: VersionCatalog): string[] {
  const vector = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as ConfigVector;
  const loaded = loadCluster(readFileSync(`${folder}/${name}.yml`, 'utf8'), {
    catalog,
    allowUnknown: true,
    allowDuplicateKeys: true,
    allowImageMismatch: true,
  });
  if (!vector.ok) return loaded.ok ? [`accepted; RKE: ${vector.error ?? vector.stage ?? ''}`] : [];
  if (!loaded.ok)
    return loaded.diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ path, message }) => `rejected: ${path}: ${message}`);
  return differences(withoutEmpty(loaded.value), withoutEmpty(vector.resolved));
}

/** The form of the vectors: without members that are null, an empty list or an empty map. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isRecord(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, withoutEmpty(member)] as const);
  return Object.fromEntries(
    members.filter(([, member]) => {
      if (member === null || member === undefined) return false;
      if (Array.isArray(member)) return member.length > 0;
      return !isRecord(member) || Object.keys(member).length > 0;
    }),
  );
}
