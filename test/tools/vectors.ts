import { isDeepStrictEqual } from 'node:util';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { configDifferences } from '../config/compare-config.js';
import { serveFolder } from './serve-folder.js';
import { compareAddons, compareUserAddons, ownAddonVectors } from '../plan/addons/addon-vector.js';
import { planDifferences } from '../plan/plan-vector.js';
import { ownVectors, readVector, vectorNames } from '../plan/vector.js';

/** How many differences of one vector are printed. */
const shown = 12;

/**
 * `npm run vectors -- config|plans|addons [ADDON]`: compares with the results of RKE v1 for the cluster files in a directory, that of the
 * tests unless RKE_VECTORS names another one. Ends with `N equal, N different`.
 */
async function main(what: string | undefined, addon: string | undefined): Promise<void> {
  if (what !== 'config' && what !== 'plans' && what !== 'addons') {
    console.error('usage: [RKE_VECTORS=<directory>] npm run vectors -- config|plans|addons [ADDON]');
    process.exitCode = 2;
    return;
  }
  const vectors = what === 'addons' ? await addonDifferences(addon) : await hostDifferences(what);
  let different = 0;
  for (const [name, differences] of vectors) {
    if (isDeepStrictEqual(differences, [])) continue;
    different += 1;
    const rest = differences.length - shown;
    const lines = what === 'addons' ? differences.slice(0, shown) : differences;
    console.log(`${name}\n${lines.map((one) => `  ${one}`).join('\n')}`);
    if (what === 'addons' && rest > 0) console.log(`  and ${rest} more`);
  }
  console.log(`${vectors.length - different} equal, ${different} different`);
  if (different > 0) process.exitCode = 1;
}

type NamedDifferences = readonly (readonly [name: string, differences: readonly string[]])[];

async function hostDifferences(what: 'config' | 'plans'): Promise<NamedDifferences> {
  const folder = process.env['RKE_VECTORS'] ?? ownVectors;
  const catalog = await loadCatalog();
  const compare = what === 'config' ? configDifferences : planDifferences;
  // Only accepted files have a plan.
  const names = vectorNames(folder).filter((name) => what === 'config' || readVector(name, folder).ok);
  return names.map((name) => [name, compare(folder, name, catalog)]);
}

/** @param addon name in cluster.yml of the only add-on to compare */
async function addonDifferences(addon: string | undefined): Promise<NamedDifferences> {
  const folder = process.env['RKE_VECTORS'] ?? ownAddonVectors;
  const catalog = await loadCatalog();
  await using _server = await serveFolder(folder);
  const found: (readonly [string, readonly string[]])[] = [];
  for (const name of vectorNames(folder)) {
    const all = [
      ...compareAddons(folder, name, catalog),
      ...(await compareUserAddons(folder, name, catalog)),
    ];
    const compared = all.filter((one) => addon === undefined || one.addon === addon);
    // A vector that both refuse has nothing to compare: it is equal.
    if (compared.length === 0 && addon !== undefined) continue;
    found.push([name, compared.flatMap((one) => one.differences.map((text) => `${one.addon}: ${text}`))]);
  }
  return found;
}

await main(process.argv[2], process.argv[3]);
