import type { Diagnostic, Position, Result } from '../../core/diagnostic.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { substituteVariables, type Variables } from './substitute-variables.js';
import { cluster } from './cluster.js';
import { placed, readDocuments, type OverlayText } from './read-documents.js';
import { readBySchema } from './read-by-schema.js';
import { kindNames } from './read-scalar.js';
import { isNull, throughJson, type YamlNode } from '../../yaml/yaml-node.js';

/** The settings of a cluster.yml under RKE's JSON names; any part may be missing. */
export type ClusterConfig = DeepPartial<ClusterSpec>;

export type DeepPartial<Type> = Type extends readonly (infer Item)[]
  ? readonly DeepPartial<Item>[]
  : Type extends object
    ? { readonly [Key in keyof Type]?: DeepPartial<Type[Key]> }
    : Type;

export interface ParsedConfig {
  readonly config: ClusterConfig;
  readonly positions: ReadonlyMap<string, Position>;
  /** Paths of keys that are set and that rke does not support yet. */
  readonly pending: readonly string[];
  /** Errors and warnings about keys and values; the rules can still check the rest. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Relaxations, each of which can hide a mistake and is off unless the user asks for it. */
export interface ReadOptions {
  /** Report unknown keys as warnings instead of errors. */
  readonly allowUnknown?: boolean;
  /** Accept duplicate keys with RKE v1 semantics: maps are merged, otherwise the last value wins. */
  readonly allowDuplicateKeys?: boolean;
  /** Variables to substitute for `${NAME}`; without them, such a text is kept as it is. */
  readonly variables?: Variables | undefined;
  /** Files that override keys of the text, the last one on top. */
  readonly overlays?: readonly OverlayText[] | undefined;
}

/**
 * If the file has a custom encryption configuration, RKE converts it to JSON and back before reading it: the last of two
 * duplicate keys wins, and numbers and booleans lose their spelling (cluster/encryption.go:517).
 */
function readDocument(
  text: string,
  { allowDuplicateKeys = false, overlays = [] }: ReadOptions,
): Result<YamlNode | undefined> {
  const document = readDocuments(text, overlays, allowDuplicateKeys ? 'merge' : 'reject');
  if (!document.ok || !hasCustomEncryption(document.value)) return document;
  const again = readDocuments(text, overlays, allowDuplicateKeys ? 'last' : 'reject');
  return again.ok && again.value !== undefined ? { ...again, value: throughJson(again.value) } : again;
}

function hasCustomEncryption(document: YamlNode | undefined): boolean {
  const path = ['services', 'kube-api', 'secrets_encryption_config', 'custom_config'];
  let node = document;
  for (const name of path)
    node = node?.kind === 'map' ? node.entries.find(({ key }) => key === name)?.value : undefined;
  return node !== undefined && !isNull(node);
}

/** Parses the text of a cluster.yml. Fails only if it is not YAML or not a map; the result contains all other errors. */
export function parseConfig(text: string, options: ReadOptions = {}): Result<ParsedConfig> {
  const document = readDocument(text, options);
  if (!document.ok) return document;
  const written: YamlNode = document.value ?? { kind: 'map', entries: [], position: { line: 1, column: 1 } };
  const { document: node, diagnostics: unsetVariables } =
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
          message: `expected a map of keys, got ${kindNames[node.kind]}`,
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
      diagnostics: [...document.warnings, ...unsetVariables, ...diagnostics].map(placed),
    },
    warnings: [],
  };
}
