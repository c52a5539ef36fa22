import { isDeepStrictEqual } from 'node:util';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { configDifferences } from '../config/compare-config.js';
import { planDifferences } from '../plan/plan-vector.js';
import { ownVectors, readVector, vectorNames } from '../plan/vector.js';

/**
 * `npm run vectors -- config|plans`: compares with what Go RKE made of the cluster files in a folder, that of the tests unless
 * RKE_VECTORS names another one. Ends with `N equal, N different`.
 */
async function main(what: string | undefined): Promise<void> {
  if (what !== 'config' && what !== 'plans') {
    console.error('usage: [RKE_VECTORS=<folder>] npm run vectors -- config|plans');
    process.exitCode = 2;
    return;
  }
  const folder = process.env['RKE_VECTORS'] ?? ownVectors;
  const catalog = await loadCatalog();
  const compare = what === 'config' ? configDifferences : planDifferences;
  // A plan is there only of what was accepted.
  const names = vectorNames(folder).filter((name) => what === 'config' || readVector(name, folder).ok);
  let different = 0;
  for (const name of names) {
    const differences = compare(folder, name, catalog);
    if (isDeepStrictEqual(differences, [])) continue;
    different += 1;
    console.log(`${name}\n${differences.map((one) => `  ${one}`).join('\n')}`);
  }
  console.log(`${names.length - different} equal, ${different} different`);
  if (different > 0) process.exitCode = 1;
}

await main(process.argv[2]);
