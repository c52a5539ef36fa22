import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/run/catalog/catalog-file.js';
import { resolvedYaml } from '../../../src/config/write/resolved-yaml.js';
import { loadCluster } from '../../../src/config/validate.js';
import { ownVectors, readVector, vectorNames } from '../../plan/vector.js';

const catalog = await loadCatalog();
const reading = { catalog, allowUnknown: true, allowDuplicateKeys: true, allowImageMismatch: true };

/** Blocks whose flags make RKE treat what is written differently from what it made of it. */
const notAgain = ['077-upgrade-drain-partial', '078-upgrade-drain-no-input'];

describe('the resolved file', () => {
  const accepted = vectorNames(ownVectors).filter(
    (name) => readVector(name, ownVectors).ok && !notAgain.includes(name),
  );

  it.each(accepted)('means the same cluster: %s', (name) => {
    const text = readFileSync(`${ownVectors}/${name}.yml`, 'utf8');
    const loaded = loadCluster(text, reading);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
    const written = resolvedYaml(loaded.value, text);
    expect(loadCluster(written, reading)).toMatchObject({ ok: true, value: loaded.value });
  });

  it('says where a value comes from that the file does not set', () => {
    const text = 'nodes: [{ address: 10.0.0.1, user: ops, role: [controlplane, etcd, worker] }]\n';
    const loaded = loadCluster(text, reading);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
    const lines = resolvedYaml(loaded.value, text).split('\n');
    expect(lines).toContain('  user: ops');
    expect(lines).toContain('  port: "22" # default');
    expect(lines).toContain('  hostname_override: 10.0.0.1 # address');
    expect(lines).toContainEqual(expect.stringMatching(/^system_images: # catalogue of v1\./));
    expect(lines).toContainEqual(expect.stringMatching(/^kubernetes_version: .* # the catalogue's default$/));
  });
});
