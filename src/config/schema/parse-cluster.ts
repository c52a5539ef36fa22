import type { Diagnostic, Position, Result } from '../../core/diagnostic.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { substituteVariables, type Variables } from './substitute-variables.js';
import { cluster } from './cluster.js';
import { readBySchema } from './read.js';
import { parseYaml } from '../../yaml/parse-yaml.js';
import { isNull, throughJson, type YamlNode } from '../../yaml/yaml-node.js';

/** What is set in a cluster.yml, under RKE's JSON names; any part may be missing. */
export type ClusterConfig = DeepPartial<ClusterSpec>;

export type DeepPartial<Type> = Type extends readonly (infer Item)[]
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

/** Readings of RKE that hide mistakes, each taken only where the user says so. */
export interface ReadOptions {
  /** Keys that are not known are a warning. */
  readonly allowUnknown?: boolean;
  /** A key that stands twice is read as RKE read it: maps are laid over each other, else the last wins. */
  readonly allowDuplicateKeys?: boolean;
  /** Variables to put in place of `${NAME}`; without them such a text stays as it is. */
  readonly variables?: Variables | undefined;
}

/**
 * With an own encryption configuration anywhere, RKE turns the file into JSON and back before it reads it: the last of two
 * equal keys wins, and numbers and booleans lose their spelling (cluster/encryption.go:517).
 */
function readDocument(
  text: string,
  { allowDuplicateKeys = false }: ReadOptions,
): Result<YamlNode | undefined> {
  const document = parseYaml(text, allowDuplicateKeys ? 'overlaid' : 'refused');
  if (!document.ok || !hasCustomEncryption(document.value)) return document;
  const again = parseYaml(text, allowDuplicateKeys ? 'last' : 'refused');
  return again.ok && again.value !== undefined ? { ...again, value: throughJson(again.value) } : again;
}

function hasCustomEncryption(document: YamlNode | undefined): boolean {
  const path = ['services', 'kube-api', 'secrets_encryption_config', 'custom_config'];
  let node = document;
  for (const name of path)
    node = node?.kind === 'map' ? node.entries.find(({ key }) => key === name)?.value : undefined;
  return node !== undefined && !isNull(node);
}

/** Reads the text of a cluster.yml. Fails only where it is no YAML or not a map; other mistakes are in the result. */
export function parseConfig(text: string, options: ReadOptions = {}): Result<ParsedConfig> {
  const document = readDocument(text, options);
  if (!document.ok) return document;
  const written: YamlNode = document.value ?? { kind: 'map', entries: [], position: { line: 1, column: 1 } };
  const { document: node, diagnostics: unset } =
    options.variables === undefined
      ? { document: written, diagnostics: [] }
      : substituteVariables(written, options.variables);
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
  const { value, positions, diagnostics, pending } = readBySchema(cluster, node, options);
  return {
    ok: true,
    value: {
      config: value ?? {},
      positions,
      pending,
      diagnostics: [...document.warnings, ...unset, ...diagnostics],
    },
    warnings: [],
  };
}
