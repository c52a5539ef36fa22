import { isRecord, stableStringify } from '../../../core/stable.js';
import type { HelmReleaseSpec } from '../../../config/cluster-spec.js';
import type { Diagnostic } from '../../../core/diagnostic.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { describeRef, objectRef } from '../object-ref.js';
import { parseManifest } from '../user/parse-manifest.js';
import type { PlacedObject, UserAddon } from '../user/user-addon.js';
import { readHook } from './helm-hook.js';

/** A chart as helm has rendered it. */
export interface ChartInput {
  readonly release: Pick<HelmReleaseSpec, 'name' | 'namespace'>;
  /** Path in cluster.yml: `addons_helm[0]`. */
  readonly path: string;
  /** Two renderings of the same inputs. */
  readonly manifests: readonly [string, string];
  /** Hash of the inputs. */
  readonly inputs: string;
}

/** A release as a user add-on. */
export interface ChartAddon {
  readonly addon: UserAddon;
  readonly diagnostics: readonly Diagnostic[];
}

/** Name of the add-on of a release. A namespace has no dots, so it is unique. */
export function chartAddonName({ namespace, name }: Pick<HelmReleaseSpec, 'name' | 'namespace'>): string {
  return `helm.${namespace}.${name}`;
}

/**
 * Makes a user add-on of a rendered chart: objects without a namespace are in that of the release, hooks are apart, tests are left
 * out. An object in which the two renderings differ has values that the chart generates, such as a password: its identity is the
 * hash of the inputs, so that it is applied again only if they change.
 */
export function planChart({ release, path, manifests, inputs }: ChartInput): ChartAddon {
  const [first, second] = manifests.map((text) => parseManifest({ path, file: release.name, text }));
  const again = new Map(
    second?.objects.map((placed) => {
      const { object } = withNamespace(placed, release.namespace);
      return [identityOf(object), stableStringify(object)];
    }),
  );
  const [manifest] = manifests;
  const objects = (first?.objects ?? []).map((placed): PlacedObject => {
    const origin = { ...placed.origin, file: templateOf(manifest, placed.origin.line) ?? placed.origin.file };
    const { object } = withNamespace(placed, release.namespace);
    const isGenerated = again.get(identityOf(object)) !== stableStringify(object);
    return {
      object,
      origin,
      ...(isGenerated ? { generatedFrom: inputs } : {}),
    };
  });
  const read = objects.map((placed) => ({ placed, found: readHook(placed) }));
  const hooks = read.flatMap(({ found }) =>
    found.kind === 'hook' && found.hook.moments.length > 0 ? [found.hook] : [],
  );
  const parts = read.flatMap(({ placed, found }) => (found.kind === 'part' ? [placed] : []));
  const hasSameName = ({ object }: PlacedObject): boolean => again.has(identityOf(object));
  return {
    addon: {
      name: chartAddonName(release),
      key: path,
      objects: parts,
      release: { name: release.name, namespace: release.namespace, hooks },
      notes: [
        ...notesOnHooks(read.map(({ found }) => found)),
        ...notesOnGenerated(parts.filter(hasSameName)),
        ...notesOnNames(parts.filter((part) => !hasSameName(part))),
      ],
    },
    diagnostics: (first?.diagnostics ?? []).map((one) => {
      const template = one.position && templateOf(manifest, one.position.line);
      return template === undefined ? one : { ...one, file: template };
    }),
  };
}

const identityOf = ({ apiVersion, kind, metadata }: KubeObject): string =>
  stableStringify([apiVersion, kind, metadata.namespace, metadata.name]);

/** As `helm install` does, which sends all objects to the namespace of the release; whether a kind has one, is known later. */
function withNamespace({ object, origin }: PlacedObject, namespace: string): PlacedObject {
  const { metadata } = object;
  if ((metadata.namespace ?? '') !== '') return { object, origin };
  return { object: { ...object, metadata: { ...metadata, namespace } }, origin };
}

/** The template that a line of the rendered text is of, by the comment that helm writes above each. */
function templateOf(text: string, line: number): string | undefined {
  const above = text.split('\n').slice(0, line);
  return above
    .map((one) => /^# Source: (\S+)/.exec(one)?.[1])
    .filter((name) => name !== undefined)
    .at(-1);
}

function notesOnHooks(found: readonly ReturnType<typeof readHook>[]): string[] {
  return found.flatMap((one) =>
    one.kind === 'hook' && one.ignored.length > 0
      ? [
          `${one.ignored.join(', ')} hook ${describeRef(objectRef(one.hook.object))} is not run; see docs/helm.md`,
        ]
      : [],
  );
}

function notesOnGenerated(parts: readonly PlacedObject[]): string[] {
  const names = parts
    .filter(({ generatedFrom }) => generatedFrom !== undefined)
    .map(({ object }) => describeRef(objectRef(object)));
  return names.length === 0
    ? []
    : [
        `the chart generates values of ${names.join(', ')}: they are replaced whenever its version or values change`,
      ];
}

function notesOnNames(parts: readonly PlacedObject[]): string[] {
  const names = parts.map(({ object }) => describeRef(objectRef(object)));
  return names.length === 0
    ? []
    : [
        `the chart generates the name of ${names.join(', ')}: each run deletes the one before and creates another; set the name in values`,
      ];
}

/** API versions that the CRDs of a release define, for the releases after it. */
export function apiVersionsOf({ objects }: UserAddon): string[] {
  return objects.flatMap(({ object }) => {
    const spec = object['spec'];
    if (object.kind !== 'CustomResourceDefinition' || !isRecord(spec)) return [];
    const versions = Array.isArray(spec['versions']) ? spec['versions'] : [];
    return versions.flatMap((version) =>
      isRecord(version) && typeof version['name'] === 'string' && typeof spec['group'] === 'string'
        ? [`${spec['group']}/${version['name']}`, ...kindOf(spec, `${spec['group']}/${version['name']}`)]
        : [],
    );
  });
}

function kindOf(spec: Readonly<Record<string, unknown>>, version: string): string[] {
  const names = spec['names'];
  return isRecord(names) && typeof names['kind'] === 'string' ? [`${version}/${names['kind']}`] : [];
}
