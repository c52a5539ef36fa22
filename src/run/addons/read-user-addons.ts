import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { Diagnostic } from '../../core/diagnostic.js';
import type { AddonText } from '../../plan/addons/user/addon-text.js';
import { parseManifest } from '../../plan/addons/user/parse-manifest.js';
import { includesName, inlineName, type UserAddon } from '../../plan/addons/user/user-addon.js';
import { locateIn } from '../../yaml/locate-in.js';
import { parseYaml } from '../../yaml/parse-yaml.js';
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
  { file, text }: ClusterSource,
  options: ReadTextsOptions & ReadReleasesOptions,
): Promise<ReadAddons> {
  const document = documentOf(text);
  const inline = inlineText(spec, { text, file, node: valueAt(document, 'addons') });
  const includes = await readIncludes(spec, options);
  const releases = await readHelmReleases(spec, options);
  const read = [
    toAddon({ name: inlineName, key: 'addons' }, inline),
    toAddon({ name: includesName, key: 'addons_include' }, includes.texts),
  ];
  return {
    addons: [...read.flatMap(({ addon }) => (addon.objects.length === 0 ? [] : [addon])), ...releases.addons],
    diagnostics: [
      ...includes.diagnostics.map((one) => withPosition(one, document)),
      ...read.flatMap(({ diagnostics }) => diagnostics),
      ...releases.diagnostics.map((one) => withPosition(one, document)),
    ],
  };
}

function documentOf(text: string): YamlNode | undefined {
  const parsed = parseYaml(text, 'last');
  return parsed.ok ? parsed.value : undefined;
}

function valueAt(node: YamlNode | undefined, name: string): YamlNode | undefined {
  return node?.kind === 'map' ? node.entries.find(({ key }) => key === name)?.value : undefined;
}

function itemAt(node: YamlNode, index: number): YamlNode | undefined {
  return node.kind === 'list' ? node.items[index] : undefined;
}

interface InlineSource {
  readonly text: string;
  readonly file: string;
  readonly node: YamlNode | undefined;
}

function inlineText({ addons = '' }: Pick<ClusterSpec, 'addons'>, source: InlineSource): AddonText[] {
  if (addons.trim() === '') return [];
  const { text, file, node } = source;
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
  return node === document ? one : { ...one, position: node.position };
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
