import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { fuzzConfig } from '../config/fuzz.js';

/** `npm run fuzz [-- RUNS [SEED]]`: reads mutated cluster files, 100,000 by default. */
const [runs = '100000', seed] = process.argv.slice(2);
const started = performance.now();
fuzzConfig(await loadCatalog(), Number(runs), seed === undefined ? undefined : Number(seed));
console.log(`${runs} documents, no crash, ${((performance.now() - started) / 1000).toFixed(0)} s`);
