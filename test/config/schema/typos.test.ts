import { beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/run/catalog/catalog-file.js';
import { loadCluster } from '../../../src/config/validate.js';
import type { VersionCatalog } from '../../../src/versions/catalog.js';
import { flat, schemaKeys, type SchemaKey } from '../../tools/schema-keys.js';
import { documentAt } from '../../tools/schema-path.js';

let catalog: VersionCatalog;
beforeAll(async () => {
  catalog = await loadCatalog();
});

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** One letter replaced by four others, omitted, doubled, or swapped with the next. */
function typosOf(name: string): Set<string> {
  const typos = Array.from(name).flatMap((letter, index) => {
    const [before, after] = [name.slice(0, index), name.slice(index + 1)];
    const place = letters.indexOf(letter.toLowerCase());
    const changed = (place < 0 ? [] : [1, 7, 13, 19]).map(
      (step) => `${before}${letters[(place + step) % letters.length] ?? ''}${after}`,
    );
    const swapped = `${before}${after.slice(0, 1)}${letter}${after.slice(1)}`;
    return [...changed, `${before}${after}`, `${before}${letter}${letter}${after}`, swapped];
  });
  return new Set(typos);
}

/** The typos of sibling keys, with the keys that each can mean. */
function typosAmong(keys: readonly SchemaKey[]): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const { name, meta } of keys)
    if (meta.retired === undefined)
      for (const typo of typosOf(name)) all.set(typo, [...(all.get(typo) ?? []), name]);
  // Another valid key, or a top-level key for anchors, is not an error.
  for (const { name } of keys) all.delete(name);
  return new Map([...all].filter(([typo]) => typo !== '' && !/^(\.|x-)/.test(typo)));
}

/** A file with too many errors gets no suggestions. */
function inParts(typos: readonly string[], size = 1000): string[][] {
  const starts = Array.from({ length: Math.ceil(typos.length / size) }, (_, index) => index * size);
  return starts.map((start) => typos.slice(start, start + size));
}

/** The messages about keys at a path. */
function unknownKeys(place: string, keys: readonly string[]): (readonly [string, string])[] {
  const entries = keys.map((key) => `${JSON.stringify(key)}: ~`).join(', ');
  const loaded = loadCluster(documentAt(place, `{ ${entries} }`), { catalog });
  return (loaded.ok ? [] : loaded.diagnostics)
    .filter(({ code }) => code === 'unknown-key')
    .map(({ path, message }) => [path.slice(path.lastIndexOf('.') + 1), message]);
}

describe('a key with one wrong letter', () => {
  const places = [
    { inner: '', keys: schemaKeys() },
    ...flat(schemaKeys()).filter(({ keys }) => keys.length > 0),
  ];

  it.each(places.map((place) => [place.inner === '' ? 'the top level' : place.inner, place] as const))(
    'is reported in %s with the right key',
    (_name, { inner, keys }) => {
      const typos = typosAmong(keys);
      const found = new Map(inParts([...typos.keys()]).flatMap((part) => unknownKeys(inner, part)));
      const missed = [...typos].filter(
        ([typo, meant]) => !meant.every((name) => found.get(typo)?.includes(`"${name}"`) === true),
      );
      expect(
        missed.map(([typo, meant]) => `${typo} (${meant.join(', ')}): ${found.get(typo) ?? 'not found'}`),
      ).toEqual([]);
      expect(typos.size).toBeGreaterThan(20);
    },
    30_000,
  );
});
