import { it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { fuzzConfig } from './fuzz.js';

it('reads 2,000 mutated cluster files without a crash (npm run fuzz reads 100,000)', async () => {
  fuzzConfig(await loadCatalog(), 2000);
});
