import { open } from 'node:fs/promises';
import { crc32, inflateRawSync } from 'node:zlib';

/** A file in an archive; its content is unpacked when it is asked for. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes when unpacked. */
  readonly size: number;
  /** @throws if the archive is damaged there */
  content(): Promise<Buffer>;
}

/** Bytes that can be read at any place. */
export interface ZipSource {
  readonly size: number;
  /** @throws Error if there are fewer bytes */
  read(at: number, length: number): Promise<Buffer>;
}

/** An archive in memory. */
export function zipInMemory(archive: Buffer): ZipSource {
  return {
    size: archive.length,
    read: (at, length) =>
      at + length <= archive.length
        ? Promise.resolve(archive.subarray(at, at + length))
        : Promise.reject(new Error(truncated)),
  };
}

/** An archive on disk, of which only what is needed is read. @throws Error if there is no such file, or it may not be read */
export async function zipInFile(path: string): Promise<ZipSource> {
  const size = await sizeOf(path);
  return {
    size,
    read: async (at, length) => {
      if (at + length > size) throw new Error(truncated);
      await using file = await open(path);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
      if (bytesRead < length) throw new Error(truncated);
      return buffer;
    },
  };
}

async function sizeOf(path: string): Promise<number> {
  await using file = await open(path);
  await file.read(Buffer.alloc(1), 0, 1, 0);
  return (await file.stat()).size;
}

/**
 * Lists the files of a zip archive as RKE's snapshots are (rke-tools, Go archive/zip): stored or deflated, in one part, with 64-bit sizes
 * if the database has more than 4 GiB.
 *
 * @throws Error if the bytes are not such an archive
 */
export async function readZip(source: ZipSource): Promise<ZipEntry[]> {
  const { offset, length, count } = await findDirectory(source);
  if (length > largestDirectory) throw new Error(damagedDirectory);
  const directory = await source.read(offset, length);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let left = count; left > 0; left -= 1) {
    if (at + 46 > length || directory.readUInt32LE(at) !== marks.entry) throw new Error(damagedDirectory);
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const name = directory.toString('utf8', at + 46, nameEnd);
    const packed = readEntry(directory, at, directory.subarray(nameEnd, extraEnd));
    entries.push({ name, size: packed.size, content: () => unpack(source, name, packed) });
    at = extraEnd + directory.readUInt16LE(at + 32);
  }
  return entries;
}

const truncated = 'not a zip archive, or truncated';
const damagedDirectory = 'the directory of the zip archive is damaged';
const marks = {
  entry: 0x02014b50,
  file: 0x04034b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator: 0x07064b50,
};

/** A snapshot has two files. */
const largestDirectory = 2 ** 20;
/** Of the record at the end, without its comment, which has 64 KiB at most. */
const endBytes = 22;
const locatorBytes = 20;
const end64Bytes = 56;
const most16 = 0xffff;
const most32 = 0xffffffff;

interface Directory {
  readonly offset: number;
  readonly length: number;
  readonly count: number;
}

/** Finds the list of files, from the end of the archive. */
async function findDirectory(source: ZipSource): Promise<Directory> {
  const start = Math.max(0, source.size - endBytes - most16);
  const tail = await source.read(start, source.size - start);
  const found = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (found < 0 || found + endBytes > tail.length) throw new Error(truncated);
  const directory: Directory = {
    count: tail.readUInt16LE(found + 10),
    length: tail.readUInt32LE(found + 12),
    offset: tail.readUInt32LE(found + 16),
  };
  const is64 = directory.count === most16 || directory.length === most32 || directory.offset === most32;
  if (!is64) return directory;
  const locator = await source.read(Math.max(0, start + found - locatorBytes), locatorBytes);
  if (locator.readUInt32LE(0) !== marks.locator) return directory;
  const end = await source.read(readUInt64(locator, 8), end64Bytes);
  if (end.readUInt32LE(0) !== marks.end64) throw new Error(damagedDirectory);
  return { count: readUInt64(end, 32), length: readUInt64(end, 40), offset: readUInt64(end, 48) };
}

function readUInt64(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error(damagedDirectory);
  return Number(value);
}

interface Packed {
  readonly method: number;
  readonly crc: number;
  readonly size: number;
  readonly packedSize: number;
  readonly header: number;
}

/** Reads an entry of the directory: a number that has no place in 32 bits is in the extra field, in this order. */
function readEntry(directory: Buffer, at: number, extra: Buffer): Packed {
  const wide = findWide(extra);
  let next = 0;
  const widen = (value: number): number => {
    if (value !== most32 || wide === undefined) return value;
    if (next + 8 > wide.length) throw new Error(damagedDirectory);
    next += 8;
    return readUInt64(wide, next - 8);
  };
  const size = widen(directory.readUInt32LE(at + 24));
  const packedSize = widen(directory.readUInt32LE(at + 20));
  const header = widen(directory.readUInt32LE(at + 42));
  const crc = directory.readUInt32LE(at + 16);
  return { method: directory.readUInt16LE(at + 10), crc, size, packedSize, header };
}

/** The extra field with 64-bit numbers. */
function findWide(extra: Buffer): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length;) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) return extra.subarray(at + 4, end);
    at = end;
  }
  return undefined;
}

async function unpack(
  source: ZipSource,
  name: string,
  { method, crc, packedSize, size, header }: Packed,
): Promise<Buffer> {
  const head = await source.read(header, 30);
  if (head.readUInt32LE(0) !== marks.file) throw new Error(`${name} in the zip archive is damaged`);
  const start = header + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  const packed = await source.read(start, packedSize);
  const content = method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
  if (content.length !== size) throw new Error(`${name} in the zip archive is truncated`);
  if (crc32(content) !== crc) throw new Error(`${name} in the zip archive is damaged: its checksum differs`);
  return content;
}
