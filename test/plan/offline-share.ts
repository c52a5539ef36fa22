import { readFileSync } from 'node:fs';
import { loadCluster } from '../../src/config/validate.js';
import { messageOf } from '../../src/core/errors.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import type { VersionCatalog } from '../../src/versions/catalog.js';
import { sampleFacts } from '../fakes/cluster.js';

/** Keys of cluster.yml that choose add-ons. */
const addonKeys = /^(network|dns|ingress|monitoring|addons|addons_include|addons_helm)\b/;

/**
 * What keeps the add-ons of a vector's cluster.yml from being planned for a new cluster, as `rke plan --offline` and `rke up` judge
 * it. A file that RKE v1 rejects, or that is refused for another reason, has none.
 *
 * @returns add-ons that are not supported, those without objects, and errors of planning
 */
export function addonFaults(folder: string, name: string, catalog: VersionCatalog): string[] {
  const { ok } = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as { readonly ok: boolean };
  if (!ok) return [];
  const loaded = loadCluster(readFileSync(`${folder}/${name}.yml`, 'utf8'), {
    catalog,
    allowUnknown: true,
    allowDuplicateKeys: true,
    allowImageMismatch: true,
    forChange: true,
  });
  if (!loaded.ok)
    return loaded.diagnostics
      .filter(({ code, path }) => code === 'not-supported' && addonKeys.test(path))
      .map(({ path, message }) => `${path}: ${message}`);
  const spec = loaded.value;
  const facts = new Map(spec.nodes.map(({ address }) => [address, sampleFacts]));
  try {
    const { addons } = planCluster({ spec, catalog }, facts, { certificates: {}, encryptionConfig: '' });
    return addons.filter(({ objects }) => objects.length === 0).map((one) => `no objects: ${one.name}`);
  } catch (error) {
    return [messageOf(error)];
  }
}
