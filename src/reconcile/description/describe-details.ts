import type { Taint } from '../../config/cluster-spec.js';
import { redactText } from '../../core/redact.js';
import { hash } from '../../core/stable.js';
import { describeRef, objectRef } from '../../plan/addons/object-ref.js';
import type { KubeObject, ObjectRef } from '../../plan/cluster-plan-types.js';
import { isSameContent } from '../diff/file-content.js';
import { refKey } from '../diff/removed-addons.js';
import { taintsOf } from '../intents/node-operations.js';
import { isSameTaintKey } from '../../plan/node-metadata.js';
import type { ApplyAddon, NodeChanges } from '../kinds/cluster-kinds.js';
import type { FieldChange } from '../kinds/container-kinds.js';
import type { RunHook } from '../kinds/hook-kinds.js';
import type { PutFiles } from '../kinds/host-kinds.js';
import type { ObservedHost, ObservedKube } from '../observed.js';
import { contentOfThisRun } from './operation-digest.js';

/** The fields of a container that differ, with secrets as hashes. */
export function describeFields(changes: readonly FieldChange[]): FieldChange[] {
  return changes.map(({ field, removed, added }) => ({
    field,
    removed: removed.map(concealSecrets),
    added: added.map(concealSecrets),
  }));
}

/** The files that are written: old and new content as hashes, and owner and mode if they differ. */
export function describeFiles(
  { files, directories }: PutFiles,
  host: ObservedHost | undefined,
  created: ReadonlySet<string>,
): FieldChange[] {
  const written = files.map((file): FieldChange => {
    const found = host?.files?.get(file.path);
    const content = created.has(file.path) ? contentOfThisRun : shortHash(file.content);
    if (found === undefined) return { field: file.path, removed: [], added: [content] };
    const isSame = isSameContent(file, found);
    return {
      field: file.path,
      removed: [...(isSame ? [] : [`sha256:${found.sha256.slice(0, 12)}`]), ...ownerText(found, file)],
      added: [...(isSame ? [] : [content]), ...ownerText(file, found)],
    };
  });
  const owned = directories.map(({ path, ...owner }): FieldChange => ({
    field: path,
    removed: [],
    added: [`mode ${octal(owner.mode)}`, `owner ${owner.uid}:${owner.gid}`],
  }));
  return [...written, ...owned];
}

interface Owned {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Mode and owner of one, as far as they differ from the other. */
function ownerText(one: Owned, other: Owned): string[] {
  const isOwner = one.uid !== other.uid || one.gid !== other.gid;
  return [
    ...(one.mode === other.mode ? [] : [`mode ${octal(one.mode)}`]),
    ...(isOwner ? [`owner ${one.uid}:${one.gid}`] : []),
  ];
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** Labels, annotations and taints of a node that are set or removed, with what the node has now. */
export function describeNodeChanges(changes: NodeChanges, found: KubeObject | undefined): FieldChange[] {
  const has = (values: Readonly<Record<string, string>> | undefined, names: readonly string[]): string[] =>
    names.flatMap((name) => (values?.[name] === undefined ? [] : [`${name}=${values[name]}`]));
  const entries = (values: Readonly<Record<string, string>>): string[] =>
    Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const { labels, annotations } = changes;
  const metadata = found?.metadata;
  const replaced = taintsOf(found).filter((taint) =>
    changes.taints.some((one) => isSameTaintKey(one, taint)),
  );
  return describeFields([
    {
      field: 'labels',
      removed: has(metadata?.labels, [...Object.keys(labels), ...changes.labelsRemoved]),
      added: entries(labels),
    },
    {
      field: 'annotations',
      removed: has(metadata?.annotations, Object.keys(annotations)),
      added: entries(annotations),
    },
    {
      field: 'taints',
      removed: [...replaced, ...changes.taintsRemoved].map(taintText),
      added: changes.taints.map(taintText),
    },
  ]).filter(({ removed, added }) => removed.length + added.length > 0);
}

const taintText = ({ key, value = '', effect }: Taint): string =>
  `${key}${value === '' ? '' : `=${value}`}:${effect}`;

/** The objects of an add-on: those that are new, those that are applied again, and those that are deleted. */
export function describeObjects(
  { name, objects, prune }: Pick<ApplyAddon, 'name' | 'objects' | 'prune'>,
  kube: ObservedKube | undefined,
): FieldChange[] {
  const known = new Set((kube?.addons.get(name)?.objects ?? []).map(refKey));
  const isKnown = (object: KubeObject): boolean => known.has(refKey(objectRef(object)));
  const namesOf = (list: readonly KubeObject[]): string[] => list.map((one) => describeRef(objectRef(one)));
  return [
    { field: 'new', removed: [], added: namesOf(objects.filter((one) => !isKnown(one))) },
    { field: 'applied again', removed: [], added: namesOf(objects.filter(isKnown)) },
    ...describeDeleted(prune),
  ].filter(({ removed, added }) => removed.length + added.length > 0);
}

/** The objects that are deleted with an add-on, or that it no longer has. */
export function describeDeleted(refs: readonly ObjectRef[]): FieldChange[] {
  return refs.length === 0 ? [] : [{ field: 'deleted', removed: refs.map(describeRef), added: [] }];
}

/** What a hook runs, or the URL that it calls, without its query, which may have a token. */
export function describeHook({ action }: Pick<RunHook, 'action'>): FieldChange[] {
  const [field, value] =
    'run' in action ? ['run', action.run.join(' ')] : ['url', action.url.replace(/[?#].*$/, '')];
  return describeFields([{ field, removed: [], added: [value] }]);
}

const shortHash = (content: string): string => `sha256:${hash('sha256', content).slice(0, 12)}`;

/** A value without its secrets; the hash still shows whether two of them are equal. */
function concealSecrets(value: string): string {
  const redacted = redactText(value);
  return redacted === value ? value : `${redacted} ${shortHash(value)}`;
}
