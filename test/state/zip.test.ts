import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readZip, zipInFile, zipInMemory, type ZipEntry } from '../../src/state/zip.js';

const path = new URL('../fixtures/vectors/takeover/three/snap1.zip', import.meta.url).pathname;
const archive = readFileSync(path);

const contents = async (entries: readonly ZipEntry[]): Promise<Buffer[]> => {
  const read: Buffer[] = [];
  for (const entry of entries) read.push(await entry.content());
  return read;
};

describe('readZip', () => {
  it.each([
    ['on disk', () => zipInFile(path)],
    ['in memory', () => Promise.resolve(zipInMemory(archive))],
  ])('reads a snapshot archive %s that RKE v1 wrote', async (_, source) => {
    const entries = await readZip(await source());
    expect(entries.map(({ name, size }) => [name, size])).toEqual([
      ['/backup/snap1', 1744928],
      ['/etc/kubernetes/snap1.rkestate', 123785],
    ]);
    const [database = Buffer.alloc(0), state] = await contents(entries);
    expect(Object.keys(JSON.parse(state?.toString('utf8') ?? '') as object)).toEqual([
      'desiredState',
      'currentState',
    ]);
    // The end of an etcd snapshot is the SHA-256 of everything before.
    const sum = createHash('sha256').update(database.subarray(0, -32)).digest();
    expect(database.subarray(-32).equals(sum)).toBe(true);
  });

  const flipped = (at: number): Buffer => {
    const copy = Buffer.from(archive);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  it.each([
    ['a file that is not an archive', Buffer.from('{"desiredState": {}}')],
    ['an empty file', Buffer.alloc(0)],
    ['an incomplete archive', archive.subarray(0, -100)],
    ['an archive whose beginning is missing', archive.subarray(1000)],
    ['an archive with a flipped bit in its database', flipped(100_000)],
    ['an archive with a flipped bit in its state', flipped(archive.length - 20_000)],
  ])('refuses %s', async (_, bytes) => {
    await expect(readZip(zipInMemory(bytes)).then(contents)).rejects.toThrow(/zip archive|invalid|bad|code/);
  });

  it('reports a file that may not be read', async () => {
    await expect(zipInFile('/nowhere/x.zip')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(zipInFile(tmpdir())).rejects.toMatchObject({ code: 'EISDIR' });
  });
});

const u16 = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const full = 0xffffffff;

/** The end of an archive as Go writes it (archive/zip): a database of more than 4 GiB, and a state behind it. */
function wideArchive(state: Buffer, { stateAt, directoryAt }: { stateAt: number; directoryAt: number }) {
  const packed = deflateRawSync(state);
  const names = ['/backup/big', '/etc/kubernetes/big.rkestate'].map((name) => Buffer.from(name));
  const [database = Buffer.alloc(0), stateName = Buffer.alloc(0)] = names;
  const local = Buffer.concat([
    ...[u32(0x04034b50), u16(20), u16(8), u16(8), u32(0), u32(0), u32(0), u32(0)],
    ...[u16(stateName.length), u16(0), stateName, packed],
  ]);
  const entry = (crc: number, sizes: readonly number[], name: Buffer, wide: readonly number[]): Buffer => {
    const field = Buffer.concat([u16(1), u16(wide.length * 8), ...wide.map(u64)]);
    const [packedSize = 0, size = 0, header = 0] = sizes;
    return Buffer.concat([
      ...[u32(0x02014b50), u16(45), u16(45), u16(8), u16(8), u32(0), u32(crc), u32(packedSize), u32(size)],
      ...[u16(name.length), u16(field.length), u16(0), u16(0), u16(0), u32(0), u32(header), name, field],
    ]);
  };
  const directory = Buffer.concat([
    entry(1, [full, full, 0], database, [5 * 2 ** 30, stateAt]),
    entry(crc32(state), [packed.length, state.length, full], stateName, [stateAt]),
  ]);
  const end = Buffer.concat([
    ...[u32(0x06064b50), u64(44), u16(45), u16(45), u32(0), u32(0), u64(2), u64(2)],
    ...[u64(directory.length), u64(directoryAt)],
    ...[u32(0x07064b50), u32(0), u64(directoryAt + directory.length), u32(1)],
    ...[
      u32(0x06054b50),
      u16(0),
      u16(0),
      u16(full & 0xffff),
      u16(full & 0xffff),
      u32(full),
      u32(full),
      u16(0),
    ],
  ]);
  return { local, directory, end };
}

describe('an archive of more than 4 GiB', () => {
  it('is read from disk, without reading its database', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'rke-zip-'));
    const file = join(directory, 'big.zip');
    await writeFile(file, '');
    const state = Buffer.from('{"desiredState":{}}');
    const [stateAt, directoryAt] = [4.5 * 2 ** 30, 4.5 * 2 ** 30 + 1000];
    const parts = wideArchive(state, { stateAt, directoryAt });
    // Sparse: the database is a hole.
    const handle = await open(file, 'r+');
    await handle.write(parts.local, 0, parts.local.length, stateAt);
    await handle.write(Buffer.concat([parts.directory, parts.end]), 0, null, directoryAt);
    await handle.close();
    const entries = await readZip(await zipInFile(file));
    expect(entries.map(({ name, size }) => [name, size])).toEqual([
      ['/backup/big', 5 * 2 ** 30],
      ['/etc/kubernetes/big.rkestate', state.length],
    ]);
    expect(await entries[1]?.content()).toEqual(state);
    await rm(directory, { recursive: true });
  });

  it('is refused if its 64-bit numbers are missing or lead nowhere', async () => {
    const { directory, end } = wideArchive(Buffer.from('x'), { stateAt: 0, directoryAt: 0 });
    const good = Buffer.concat([directory, end]);
    expect(await readZip(zipInMemory(good))).toHaveLength(2);
    const nowhere = Buffer.from(good);
    nowhere.writeBigUInt64LE(2n ** 60n, directory.length + 48);
    const without = Buffer.concat([directory, end.subarray(-22)]);
    for (const bytes of [nowhere, without])
      await expect(readZip(zipInMemory(bytes))).rejects.toThrow('zip archive');
  });
});
