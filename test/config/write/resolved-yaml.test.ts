import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/run/catalog/catalog-file.js';
import { resolvedYaml } from '../../../src/config/write/resolved-yaml.js';
import { loadCluster } from '../../../src/config/validate.js';
import { ownVectors, readVector, vectorNames } from '../../plan/vector.js';

const catalog = await loadCatalog();
const reading = { catalog, allowUnknown: true, allowDuplicateKeys: true, allowImageMismatch: true };

/** Blocks that RKE resolves differently if their resolved form is written out. */
const notStable = ['077-upgrade-drain-partial', '078-upgrade-drain-no-input'];

describe('resolvedYaml', () => {
  const accepted = vectorNames(ownVectors).filter(
    (name) => readVector(name, ownVectors).ok && !notStable.includes(name),
  );

  it.each(accepted)('resolves to the same cluster again: %s', (name) => {
    const text = readFileSync(`${ownVectors}/${name}.yml`, 'utf8');
    const loaded = loadCluster(text, reading);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
    const written = resolvedYaml(loaded.value, { text });
    expect(loadCluster(written, reading)).toMatchObject({ ok: true, value: loaded.value });
  });

  it('adds the origin of each value that the file does not set', () => {
    const text = 'nodes: [{ address: 10.0.0.1, user: ops, role: [controlplane, etcd, worker] }]\n';
    const loaded = loadCluster(text, reading);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
    const lines = resolvedYaml(loaded.value, { text }).split('\n');
    expect(lines).toContain('  user: ops');
    expect(lines).toContain('  port: "22" # default');
    expect(lines).toContain('  hostname_override: 10.0.0.1 # address');
    expect(lines).toContainEqual(expect.stringMatching(/^system_images: # catalogue, v1\./));
    expect(lines).toContainEqual(expect.stringMatching(/^kubernetes_version: .* # catalogue default$/));
  });
});
