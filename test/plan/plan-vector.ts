import { readFileSync } from 'node:fs';
import { planEncryption } from '../../src/run/encryption/encryption-of-run.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import { loadCluster } from '../../src/config/validate.js';
import type { VersionCatalog } from '../../src/versions/catalog.js';
import { differences } from '../tools/differences.js';
import { fromPlan, fromVector } from './compare.js';
import { readVector, vectorFacts } from './vector.js';

/** Placeholders for RKE's random key in the vectors. */
export const placeholderKey = (): { name: string; secret: string } => ({
  name: 'KEYNAME',
  secret: 'KEYSECRET',
});

/**
 * Plans the hosts of a vector's cluster.yml from its text, the same as `rke up`.
 *
 * @returns both sides in comparable form, by address
 */
function bothSides(
  directory: string,
  name: string,
  catalog: VersionCatalog,
): { planned: unknown; expected: unknown } {
  const vector = readVector(name, directory);
  const loaded = loadCluster(readFileSync(`${directory}/${name}.yml`, 'utf8'), {
    catalog,
    allowUnknown: true,
    allowDuplicateKeys: true,
    allowImageMismatch: true,
  });
  if (!loaded.ok) return { planned: loaded.diagnostics, expected: Object.keys(vector.nodes) };
  const encryptionConfig = planEncryption(loaded.value, undefined, placeholderKey).text;
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

/** The differences between the plan of a vector's hosts and that of RKE; empty if they are equal. */
export function planDifferences(directory: string, name: string, catalog: VersionCatalog): string[] {
  const { planned, expected } = bothSides(directory, name, catalog);
  return differences(planned, expected);
}
