import type { VersionCatalog } from '../../versions/catalog.js';
import { blockYaml } from '../../yaml/block-yaml.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { goShape } from '../resolve/go-shape.js';
import { resolveCluster } from '../resolve/resolve-cluster.js';
import { resolveState } from '../resolve/resolve-state.js';
import { differences, type Difference } from '../rules/running/differences.js';
import { cluster } from '../schema/cluster.js';
import { parseConfig } from '../schema/parse-config.js';
import { withFileKeys } from '../schema/with-file-keys.js';
import { withoutBareRegistries } from './resolved-yaml.js';
import { deleteAt, leafPaths, orderLike, setAt, valueAt, type FileMap, type FilePath } from './file-paths.js';

export interface SmallestFile {
  readonly text: string;
  /** Keys whose value the text cannot restore. */
  readonly lost: readonly string[];
}

/** Keys on which the defaults of others depend, so they are set first. */
const choices: readonly FilePath[] = [
  ['kubernetes_version'],
  ['ssh_key_path'],
  ['private_registries'],
  ['network', 'plugin'],
  ['ingress', 'provider'],
  ['dns', 'provider'],
  ['monitoring', 'provider'],
  ['cloud_provider', 'name'],
];

/** What a person expects of every node, even if it is a default. */
const nodeKeys = ['address', 'user', 'role'];

/**
 * Writes the shortest cluster.yml that resolves to a cluster. Starts with nodes and version, adds what differs, and removes again what
 * turned out to be a default of something added later.
 *
 * @param recorded the configuration of a state
 */
export function smallestFile(recorded: ClusterSpec, catalog: VersionCatalog): SmallestFile {
  const target = resolveState(recorded, catalog);
  const full = withFileKeys(cluster, goShape(withoutBareRegistries(target))) as FileMap;
  const written = withFileKeys(cluster, goShape(recorded));
  // A default that is only used, and that RKE v1 does not record, must not be recorded by the next run either.
  const isDefault = (difference: Difference): boolean =>
    valueAt(written, pathOf(difference)) === undefined && valueAt(full, pathOf(difference)) !== undefined;
  const missing = (draft: FileMap): readonly Difference[] =>
    differences(target, resolveDraft(draft, catalog)).filter(
      (one) => one.key !== 'kubernetes_version' && !isDefault(one),
    );
  const draft: FileMap = { nodes: shortNodes(full) };
  for (const path of choices) if (path.length === 1) copyValue(path, { from: full, to: draft });
  for (const path of choices)
    if (missing(draft).some(({ key }) => key === path.join('.'))) copyValue(path, { from: full, to: draft });
  addMissing(draft, { full, missing });
  const lost = missing(draft);
  for (const paths of removable(draft)) {
    const shorter = structuredClone(draft);
    for (const path of paths) deleteAt(shorter, path);
    if (missing(shorter).length === lost.length) for (const path of paths) deleteAt(draft, path);
  }
  return { text: blockYaml(orderLike(full, draft)), lost: lost.map(({ path }) => path) };
}

/** What may turn out to be a default: a key of nodes is tried on all of them at once, since there may be hundreds. */
function removable(draft: FileMap): FilePath[][] {
  const groups = new Map<string, FilePath[]>();
  for (const path of leafPaths(draft).filter((one) => !isKept(one))) {
    const key = JSON.stringify(path.map((part) => (typeof part === 'number' ? '' : part)));
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  return [...groups.values()];
}

function shortNodes(full: FileMap): FileMap[] {
  return (full['nodes'] as FileMap[]).map((node) =>
    Object.fromEntries(nodeKeys.flatMap((key) => (node[key] === undefined ? [] : [[key, node[key]]]))),
  );
}

interface Goal {
  readonly full: FileMap;
  readonly missing: (draft: FileMap) => readonly Difference[];
}

/** Adds what differs, until nothing does or nothing more can be added. */
function addMissing(draft: FileMap, { full, missing }: Goal): void {
  const added = new Set<string>();
  for (;;) {
    const found = missing(draft).filter(({ path }) => !added.has(path));
    if (found.length === 0) return;
    for (const difference of found) {
      added.add(difference.path);
      const path = pathOf(difference);
      const value = valueAt(full, path) ?? emptyLike(difference.after);
      if (value !== undefined) setAt(draft, path, value);
    }
  }
}

/** A part of the path that the user chose, e.g. the name of a label, may contain dots. */
function pathOf({ path, name }: Difference): FilePath {
  const known = name === undefined ? path : path.slice(0, -name.length - 1);
  const parts = [...known.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(([, key, index]) =>
    index === undefined ? (key ?? '') : Number(index),
  );
  return name === undefined ? parts : [...parts, name];
}

/** The value that turns off a default. */
function emptyLike(value: unknown): unknown {
  if (typeof value === 'boolean') return false;
  if (typeof value === 'number') return 0;
  if (typeof value === 'string') return '';
  return Array.isArray(value) ? [] : undefined;
}

function copyValue(path: FilePath, { from, to }: { readonly from: FileMap; readonly to: FileMap }): void {
  const value = valueAt(from, path);
  if (value !== undefined) setAt(to, path, value);
}

/** The version stays: a cluster keeps it when the default of a later rke is another one. */
function isKept([first, , key]: FilePath): boolean {
  return first === 'kubernetes_version' || (first === 'nodes' && nodeKeys.includes(String(key)));
}

function resolveDraft(draft: FileMap, catalog: VersionCatalog): ClusterSpec {
  const parsed = parseConfig(blockYaml(draft));
  return resolveCluster(parsed.ok ? parsed.value.config : {}, catalog);
}
