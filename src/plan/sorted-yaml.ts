import { blockYaml } from '../yaml/block-yaml.js';
import { isRecord, sortedEntries } from '../core/stable.js';

/**
 * YAML as sigs.k8s.io/yaml writes it, byte for byte, because checksums are taken of it: keys sorted at every depth, long lines folded.
 *
 * @param value what JSON can hold
 */
export function sortedYaml(value: unknown): string {
  return blockYaml(sorted(value), undefined, { folds: true });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(sortedEntries(value).map(([key, member]) => [key, sorted(member)]));
}
