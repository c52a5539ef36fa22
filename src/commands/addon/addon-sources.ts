import { addonKinds, chosenAddons } from '../../config/addons/chosen-addons.js';
import type { HelmReleaseSpec } from '../../config/cluster-spec.js';
import { redactText } from '../../core/redact.js';
import { addonInCluster } from '../../plan/addons/addons-in-cluster.js';
import { authzName } from '../../plan/addons/authz.js';
import { chartAddonName } from '../../plan/addons/helm/chart-addon.js';
import { placeOf, type UserAddon } from '../../plan/addons/user/user-addon.js';
import { isUrl } from '../../run/catalog/metadata-source.js';
import type { Session } from '../../run/session.js';
import { parseYaml } from '../../yaml/parse-yaml.js';
import type { YamlNode } from '../../yaml/yaml-node.js';

/**
 * Describes what defines an add-on of cluster.yml: the files and URLs of its objects, its chart, or the key that chooses it, and
 * whether that is a default.
 *
 * @param file path of cluster.yml
 */
export function describeSources(
  { spec, text }: Pick<Session, 'spec' | 'text'>,
  file: string,
  userAddons: readonly UserAddon[],
): (name: string) => string[] {
  const parsed = parseYaml(text, 'last');
  const document = parsed.ok ? parsed.value : undefined;
  const sources = new Map<string, readonly string[]>([
    ...chosenAddons(spec).map(({ kind, name }): [string, string[]] => {
      const { block, key } = addonKinds[kind];
      const written = valueAt(valueAt(document, block), key);
      const choice = kind === 'nodelocal' ? `${block}.${key}` : `${block}.${key}: ${name}`;
      const place = written === undefined ? 'default' : placeOf({ file, ...written.position });
      return [addonInCluster(name).deployedAs, [`${place} (${choice})`]];
    }),
    [authzName, [`authorization.mode: ${spec.authorization.mode}`]],
    ...userAddons.map((addon) => [addon.name, listPlaces(addon)] as const),
    ...(spec.addonsHelm ?? []).map((one) => [chartAddonName(one), [describeChart(one)]] as const),
  ]);
  return (name) => [...(sources.get(name) ?? [])];
}

function valueAt(node: YamlNode | undefined, name: string): YamlNode | undefined {
  return node?.kind === 'map' ? node.entries.find(({ key }) => key === name)?.value : undefined;
}

/** Each file or URL once; a file with the line of its first object. */
function listPlaces({ objects }: UserAddon): string[] {
  const origins = objects.map(({ origin }) => [origin.file, origin] as const).toReversed();
  return [...new Map(origins).values()]
    .toReversed()
    .map((origin) => (isUrl(origin.file) ? origin.file : placeOf(origin)));
}

function describeChart({ path = '', chart = '', repo = '', version = '' }: HelmReleaseSpec): string {
  if (path !== '') return `chart ${path}`;
  return `chart ${chart}${version === '' ? '' : ` ${version}`} of ${redactText(repo)}`;
}
