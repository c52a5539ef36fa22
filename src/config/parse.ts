import type { Diagnostic, Position, Result } from '../core/diagnostic.js';
import type { ClusterSpec } from './cluster-spec.js';
import { cluster } from './schema/cluster.js';
import { readBySchema } from './schema/read.js';
import { parseYaml } from './yaml.js';

/** What is set in a cluster.yml, under RKE's JSON names; any part may be missing. */
export type ClusterConfig = DeepPartial<ClusterSpec>;

type DeepPartial<Type> = Type extends readonly (infer Item)[]
  ? readonly DeepPartial<Item>[]
  : Type extends object
    ? { readonly [Key in keyof Type]?: DeepPartial<Type[Key]> }
    : Type;

export interface ParsedConfig {
  readonly config: ClusterConfig;
  readonly positions: ReadonlyMap<string, Position>;
  /** Paths of keys that are set and not acted upon yet. */
  readonly pending: readonly string[];
  /** What is wrong with keys and values; other rules can still be checked on the rest. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the text of a cluster.yml. Fails only where it is no YAML or not a map; other mistakes are in the result. */
export function parseConfig(text: string): Result<ParsedConfig> {
  const document = parseYaml(text);
  if (!document.ok) return document;
  const node = document.value ?? { kind: 'map', entries: [], position: { line: 1, column: 1 } };
  if (node.kind !== 'map') {
    const { position } = node;
    return {
      ok: false,
      diagnostics: [
        {
          severity: 'error',
          code: 'wrong-type',
          path: '',
          position,
          message: 'a cluster file is a map of keys',
        },
      ],
    };
  }
  const { value, positions, diagnostics, pending } = readBySchema(cluster, node);
  return {
    ok: true,
    value: { config: value ?? {}, positions, pending, diagnostics },
    warnings: [],
  };
}
