import { readFileSync } from 'node:fs';
import { encryptionOf } from '../../src/run/encryption/encryption-of-run.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import { loadCluster } from '../../src/config/validate.js';
import type { VersionCatalog } from '../../src/versions/catalog.js';
import { differences } from '../tools/differences.js';
import { fromPlan, fromVector } from './compare.js';
import { readVector, vectorFacts } from './vector.js';

/** RKE's random key is replaced by these words in the vectors. */
export const placeholderKey = (): { name: string; secret: string } => ({
  name: 'KEYNAME',
  secret: 'KEYSECRET',
});

/**
 * Plans the hosts of a vector's cluster.yml, from its text on, as `rke up` does.
 *
 * @returns both sides in comparable form, by address
 */
function bothSides(
  folder: string,
  name: string,
  catalog: VersionCatalog,
): { planned: unknown; expected: unknown } {
  const vector = readVector(name, folder);
  const loaded = loadCluster(readFileSync(`${folder}/${name}.yml`, 'utf8'), {
    catalog,
    allowUnknown: true,
    allowDuplicateKeys: true,
    allowImageMismatch: true,
  });
  if (!loaded.ok) return { planned: loaded.diagnostics, expected: Object.keys(vector.nodes) };
  const encryptionConfig = encryptionOf(loaded.value, undefined, placeholderKey).text;
  const { nodes } = planCluster({ spec: loaded.value, catalog }, vectorFacts(vector), {
    certificates: {},
    encryptionConfig,
  });
  const registries = loaded.value.privateRegistries ?? [];
  return {
    planned: Object.fromEntries(nodes.map((plan) => [plan.node.address, fromPlan(plan, registries)])),
    expected: Object.fromEntries(
      Object.keys(vector.nodes).map((address) => [address, fromVector(vector, address)]),
    ),
  };
}

/** In what our plan of a vector's hosts differs from RKE's; nothing where they are equal. */
export function planDifferences(folder: string, name: string, catalog: VersionCatalog): string[] {
  const { planned, expected } = bothSides(folder, name, catalog);
  return differences(planned, expected);
}
