import type { ClusterSpec } from '../../config/cluster-spec.js';
import { placed, readDocuments } from '../../config/schema/read-documents.js';
import type { Diagnostic } from '../../core/diagnostic.js';
import type { AddonText } from '../../plan/addons/user/addon-text.js';
import { parseManifest } from '../../plan/addons/user/parse-manifest.js';
import { includesName, inlineName, type UserAddon } from '../../plan/addons/user/user-addon.js';
import { locateIn } from '../../yaml/locate-in.js';
import type { YamlNode } from '../../yaml/yaml-node.js';
import type { ClusterSource } from '../cluster-source.js';
import { readHelmReleases, type ReadReleasesOptions } from './read-helm-releases.js';
import { readIncludes, type ReadTextsOptions } from './read-addon-texts.js';

/** What cluster.yml names as add-ons of the user's, as it was read. */
export interface ReadAddons {
  /** Those that cluster.yml has, in the order in which they are applied. */
  readonly addons: readonly UserAddon[];
  /** Everything that is wrong with them. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads all user add-ons of a cluster: the text of `addons`, the files, directories and URLs of `addons_include`,
 * and the charts of `addons_helm`. Reading
 * is here; what the texts mean is decided in plan/addons/user.
 *
 * @param source cluster.yml
 */
export async function readUserAddons(
  spec: Pick<ClusterSpec, 'addons' | 'addonsInclude' | 'addonsHelm' | 'kubernetesVersion'>,
  source: ClusterSource,
  options: ReadTextsOptions & ReadReleasesOptions,
): Promise<ReadAddons> {
  const read = readDocuments(source.text, source.overlays, 'last');
  const document = read.ok ? read.value : undefined;
  const inline = inlineText(spec, source, valueAt(document, 'addons'));
  const includes = await readIncludes(spec, options);
  const releases = await readHelmReleases(spec, options);
  const addons = [
    toAddon({ name: inlineName, key: 'addons' }, inline),
    toAddon({ name: includesName, key: 'addons_include' }, includes.texts),
  ];
  return {
    addons: [
      ...addons.flatMap(({ addon }) => (addon.objects.length === 0 ? [] : [addon])),
      ...releases.addons,
    ],
    diagnostics: [
      ...includes.diagnostics.map((one) => withPosition(one, document)),
      ...addons.flatMap(({ diagnostics }) => diagnostics),
      ...releases.diagnostics.map((one) => withPosition(one, document)),
    ],
  };
}

function valueAt(node: YamlNode | undefined, name: string): YamlNode | undefined {
  return node?.kind === 'map' ? node.entries.find(({ key }) => key === name)?.value : undefined;
}

function itemAt(node: YamlNode, index: number): YamlNode | undefined {
  return node.kind === 'list' ? node.items[index] : undefined;
}

function inlineText(
  { addons = '' }: Pick<ClusterSpec, 'addons'>,
  source: ClusterSource,
  node: YamlNode | undefined,
): AddonText[] {
  if (addons.trim() === '') return [];
  const { text, file } = source.overlays.find((one) => one.file === node?.position.file) ?? source;
  const locate = node?.kind === 'scalar' ? { locate: locateIn(text, node) } : {};
  return [{ path: 'addons', file, text: addons, ...locate }];
}

/** What could not be read has the position of its value in cluster.yml, or of the nearest one around it. */
function withPosition(one: Diagnostic, document: YamlNode | undefined): Diagnostic {
  if (one.position !== undefined || document === undefined) return one;
  let node = document;
  for (const [, name = '', index] of one.path.matchAll(/(\w+)|\[(\d+)\]/g)) {
    const next = index === undefined ? valueAt(node, name) : itemAt(node, Number(index));
    if (next === undefined) break;
    node = next;
  }
  return node === document ? one : placed({ ...one, position: node.position });
}

function toAddon(
  { name, key }: Pick<UserAddon, 'name' | 'key'>,
  texts: readonly AddonText[],
): { readonly addon: UserAddon; readonly diagnostics: readonly Diagnostic[] } {
  const parsed = texts.map(parseManifest);
  return {
    addon: { name, key, objects: parsed.flatMap(({ objects }) => objects) },
    diagnostics: parsed.flatMap(({ diagnostics }) => diagnostics),
  };
}
