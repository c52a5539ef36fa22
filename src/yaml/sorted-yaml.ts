import { blockYaml } from './block-yaml.js';
import { isRecord, sortedEntries } from '../core/stable.js';

/**
 * Renders YAML byte for byte the same as sigs.k8s.io/yaml, because RKE computes checksums of it: keys sorted at every depth,
 * long lines folded.
 *
 * @param value any JSON value
 */
export function renderSortedYaml(value: unknown): string {
  return blockYaml(sortKeys(value), undefined, { folds: true });
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isRecord(value)) return value;
  return Object.fromEntries(sortedEntries(value).map(([key, member]) => [key, sortKeys(member)]));
}
