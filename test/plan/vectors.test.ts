import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { planDifferences } from './plan-vector.js';
import { ownVectors, readVector, vectorNames } from './vector.js';

const catalog = await loadCatalog();
const accepted = vectorNames(ownVectors).filter((name) => readVector(name, ownVectors).ok);

describe('the plan of every host equals that of RKE v1', () => {
  it.each(accepted)('%s', (name) => {
    expect(planDifferences(ownVectors, name, catalog)).toEqual([]);
  });
});
