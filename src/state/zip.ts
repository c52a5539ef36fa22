import { inflateRawSync } from 'node:zlib';

/** A file in an archive; its content is unpacked when it is asked for. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes when unpacked. */
  readonly size: number;
  /** @throws if the archive is damaged there */
  content(): Buffer;
}

/**
 * Lists the files of a zip archive as RKE's snapshots are (rke-tools, Go archive/zip): stored or deflated, below 4 GiB, in
 * one part.
 *
 * @throws Error if the bytes are not such an archive
 */
export function readZip(archive: Buffer): ZipEntry[] {
  const end = archive.lastIndexOf(endMark);
  if (end < 0 || end + 22 > archive.length) throw new Error('not a zip archive, or truncated');
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== directoryMark)
      throw new Error('the directory of the zip archive is damaged');
    const nameLength = archive.readUInt16LE(at + 28);
    const rest = archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    const packed: Packed = {
      method: archive.readUInt16LE(at + 10),
      packedSize: archive.readUInt32LE(at + 20),
      size: archive.readUInt32LE(at + 24),
      header: archive.readUInt32LE(at + 42),
    };
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    entries.push({ name, size: packed.size, content: () => unpack(archive, name, packed) });
    at += 46 + nameLength + rest;
  }
  return entries;
}

const endMark = Buffer.from('PK\x05\x06', 'latin1');
const directoryMark = 0x02014b50;

interface Packed {
  readonly method: number;
  readonly packedSize: number;
  readonly size: number;
  readonly header: number;
}

function unpack(archive: Buffer, name: string, { method, packedSize, size, header }: Packed): Buffer {
  if (header + 30 > archive.length) throw new Error(`${name} in the zip archive is truncated`);
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const packed = archive.subarray(start, start + packedSize);
  const content = method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
  if (content.length !== size) throw new Error(`${name} in the zip archive is truncated`);
  return content;
}
