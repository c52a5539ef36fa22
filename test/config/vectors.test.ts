import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { ownVectors, vectorNames } from '../plan/vector.js';
import { configDifferences } from './compare-config.js';

/** Intended differences from RKE v1.6.3 with its built-in metadata (docs/compatibility.md). */
const byChoice: Readonly<Record<string, string>> = {
  '136-reject-unsupported-version': 'the catalogue knows v1.31.1-rancher1-1',
  '143-reject-ingress-provider': 'traefik is the successor of ingress-nginx',
};

const catalog = await loadCatalog();

describe('cluster.yml resolves the same as in RKE v1', () => {
  it.each(vectorNames(ownVectors))('%s', (name) => {
    const differences = configDifferences(ownVectors, name, catalog);
    if (name in byChoice) expect(differences).not.toEqual([]);
    else expect(differences).toEqual([]);
  });
});
