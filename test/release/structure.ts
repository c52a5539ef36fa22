import type { TargetId } from './targets.js';

/** What an executable of a platform is made of. */
type Format = 'ELF' | 'Mach-O' | 'PE';

/** Format and machine number of each platform, as their headers have them. */
const machines: Readonly<Record<TargetId, readonly [Format, number]>> = {
  'linux-x64': ['ELF', 0x3e],
  'linux-arm64': ['ELF', 0xb7],
  'darwin-x64': ['Mach-O', 0x0100_0007],
  'darwin-arm64': ['Mach-O', 0x0100_000c],
  'windows-x64': ['PE', 0x8664],
};

/** Marks the place in a Node binary that says whether a program is inside: `:0` or `:1` follows. */
export const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const segmentCommand = 0x19;
const signatureCommand = 0x1d;

/**
 * Checks an executable without running it, because most are for other platforms: format, machine, the program inside, and that
 * no signature of the Node binary is left, which would be invalid.
 *
 * @param blob the program
 * @throws Error with everything that is wrong
 */
export function requireStructure(file: Buffer, id: TargetId, blob: Buffer): void {
  const [format, machine] = machines[id];
  const found = readHeader(file);
  const faults = [
    ...(found === undefined ? ['it is no ELF, Mach-O or PE file'] : []),
    ...(found !== undefined && (found.format !== format || found.machine !== machine)
      ? [
          `it is ${found.format} for machine 0x${found.machine.toString(16)}, not ${format} for 0x${machine.toString(16)}`,
        ]
      : []),
    ...(file.includes(`${fuse}:1`) && !file.includes(`${fuse}:0`) ? [] : ['its fuse is not set']),
    ...(file.includes(blob) ? [] : ['the program is not inside']),
    ...(found?.format === 'Mach-O' ? machFaults(file) : []),
    ...(found?.format === 'PE' ? peFaults(file) : []),
  ];
  if (faults.length > 0) throw new Error(`the executable of ${id} cannot run: ${faults.join('; ')}`);
}

function readHeader(file: Buffer): { readonly format: Format; readonly machine: number } | undefined {
  if (file.length < 64) return undefined;
  if (file.readUInt32BE(0) === 0x7f45_4c46) return { format: 'ELF', machine: file.readUInt16LE(18) };
  if (file.readUInt32LE(0) === 0xfeed_facf) return { format: 'Mach-O', machine: file.readUInt32LE(4) };
  if (isPe(file)) return { format: 'PE', machine: file.readUInt16LE(peOffset(file) + 4) };
  return undefined;
}

/** Node looks for the program in a segment of this name. */
function machFaults(file: Buffer): string[] {
  const commands: { kind: number; name: string }[] = [];
  const count = file.readUInt32LE(16);
  for (let index = 0, at = 32; index < count; index += 1) {
    const name = file.toString('latin1', at + 8, at + 24).replace(/\0+$/, '');
    commands.push({ kind: file.readUInt32LE(at), name });
    at += file.readUInt32LE(at + 4);
  }
  const hasSegment = commands.some(({ kind, name }) => kind === segmentCommand && name === 'NODE_SEA');
  const isSigned = commands.some(({ kind }) => kind === signatureCommand);
  return [...(hasSegment ? [] : ['it has no segment NODE_SEA']), ...(isSigned ? ['it has a signature'] : [])];
}

/** Node looks for the program in a resource of this name. */
function peFaults(file: Buffer): string[] {
  const hasResource = file.includes(Buffer.from('NODE_SEA_BLOB', 'utf16le'));
  const isSigned = file.readUInt32LE(certificateEntry(file) + 4) > 0;
  return [
    ...(hasResource ? [] : ['it has no resource NODE_SEA_BLOB']),
    ...(isSigned ? ['it has a signature'] : []),
  ];
}

/** A PE file without its signature, which is at the end; any other file as it is. The same as `signtool remove /s`. */
export function removeSignature(file: Buffer): Buffer {
  if (!isPe(file)) return file;
  const entry = certificateEntry(file);
  const [offset, size] = [file.readUInt32LE(entry), file.readUInt32LE(entry + 4)];
  if (size === 0) return file;
  const unsigned = Buffer.from(file.subarray(0, offset));
  unsigned.fill(0, entry, entry + 8);
  return unsigned;
}

const isPe = (file: Buffer): boolean =>
  file.length > 0x100 &&
  file.toString('latin1', 0, 2) === 'MZ' &&
  file.toString('latin1', peOffset(file), peOffset(file) + 4) === 'PE\0\0';

const peOffset = (file: Buffer): number => file.readUInt32LE(0x3c);

/** Place of the fifth data directory of a 64-bit PE file: offset and size of its certificates. */
const certificateEntry = (file: Buffer): number => peOffset(file) + 24 + 112 + 4 * 8;
