import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readZip } from '../../src/state/zip.js';

const archive = readFileSync(new URL('../fixtures/vectors/takeover/three/snap1.zip', import.meta.url));

describe('readZip', () => {
  it('reads a snapshot archive that RKE v1 wrote', () => {
    const entries = readZip(archive);
    expect(entries.map(({ name, size }) => [name, size])).toEqual([
      ['/backup/snap1', 1744928],
      ['/etc/kubernetes/snap1.rkestate', 123785],
    ]);
    const state = JSON.parse(entries[1]?.content().toString('utf8') ?? '') as object;
    expect(Object.keys(state)).toEqual(['desiredState', 'currentState']);
    // The end of an etcd snapshot is the SHA-256 of everything before.
    const database = entries[0]?.content() ?? Buffer.alloc(0);
    const sum = createHash('sha256').update(database.subarray(0, -32)).digest();
    expect(database.subarray(-32).equals(sum)).toBe(true);
  });

  it.each([
    ['a file that is not an archive', Buffer.from('{"desiredState": {}}')],
    ['an empty file', Buffer.alloc(0)],
    ['an incomplete archive', archive.subarray(0, -100)],
    ['an archive whose beginning is missing', archive.subarray(1000)],
  ])('refuses %s', (_, bytes) => {
    expect(() => readZip(bytes).map((entry) => entry.content())).toThrow();
  });
});
