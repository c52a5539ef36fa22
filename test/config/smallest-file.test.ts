import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import { resolveState } from '../../src/config/resolve/resolve-state.js';
import { differences } from '../../src/config/rules/running/differences.js';
import { loadCluster } from '../../src/config/validate.js';
import { smallestFile } from '../../src/config/write/smallest-file.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';

const catalog = await loadCatalog();
const recordedBy = (name: string): ClusterSpec => {
  const file = new URL(`../fixtures/vectors/takeover/${name}/cluster.rkestate`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as ClusterState).currentState.rkeConfig as ClusterSpec;
};

/** The differences between a recorded cluster and what a text resolves to. */
function differenceTo(recorded: ClusterSpec, text: string): unknown {
  const loaded = loadCluster(text, { catalog, inFull: false });
  if (!loaded.ok) return loaded.diagnostics;
  return differences(resolveState(recorded, catalog), loaded.value);
}

describe('the smallest file of a cluster of RKE v1', () => {
  it.each(['three', 'canal-nginx'])('resolves to the cluster of %s, and has no default', (name) => {
    const recorded = recordedBy(name);
    const { text, lost } = smallestFile(recorded, catalog);
    expect(lost).toEqual([]);
    expect(differenceTo(recorded, text)).toEqual([]);
    expect(text).toMatchSnapshot();
  });
});
