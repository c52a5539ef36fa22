import { describe, expect, it } from 'vitest';
import { fuse, removeSignature, requireStructure } from './structure.js';

const blob = Buffer.from('the program');
const inside = Buffer.concat([Buffer.from(`${fuse}:1`), blob]);

function elf(machine: number): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32BE(0x7f45_4c46, 0);
  header.writeUInt16LE(machine, 18);
  return header;
}

/** @param commands kind and name of each load command */
function mach(machine: number, commands: readonly (readonly [number, string])[]): Buffer {
  const header = Buffer.alloc(32);
  header.writeUInt32LE(0xfeed_facf, 0);
  header.writeUInt32LE(machine, 4);
  header.writeUInt32LE(commands.length, 16);
  const rest = commands.map(([kind, name]) => {
    const command = Buffer.alloc(32);
    command.writeUInt32LE(kind, 0);
    command.writeUInt32LE(32, 4);
    command.write(name, 8);
    return command;
  });
  return Buffer.concat([header, ...rest]);
}

/** @param signature offset and size in the file */
function pe(signature: readonly [number, number] = [0, 0]): Buffer {
  const header = Buffer.alloc(0x200);
  header.write('MZ', 0);
  header.writeUInt32LE(0x40, 0x3c);
  header.write('PE', 0x40);
  header.writeUInt16LE(0x8664, 0x44);
  header.writeUInt32LE(signature[0], 0x40 + 168);
  header.writeUInt32LE(signature[1], 0x40 + 172);
  return Buffer.concat([header, Buffer.from('NODE_SEA_BLOB', 'utf16le')]);
}

const segment = [0x19, 'NODE_SEA'] as const;
const whole = (header: Buffer): Buffer => Buffer.concat([header, inside]);

describe('the structure of an executable', () => {
  it.each([
    ['linux-x64', elf(0x3e)],
    ['linux-arm64', elf(0xb7)],
    ['darwin-x64', mach(0x0100_0007, [segment])],
    ['darwin-arm64', mach(0x0100_000c, [[0x19, '__TEXT'], segment])],
    ['windows-x64', pe()],
  ] as const)('of %s is accepted', (id, header) => {
    expect(() => requireStructure(whole(header), id, blob)).not.toThrow();
  });

  it.each([
    ['another machine', 'linux-arm64', whole(elf(0x3e)), 'it is ELF for machine 0x3e, not ELF for 0xb7'],
    ['another platform', 'windows-x64', whole(elf(0x3e)), 'not PE for 0x8664'],
    ['a file of no platform', 'linux-x64', whole(Buffer.alloc(64)), 'it is no ELF, Mach-O or PE file'],
    [
      'no program',
      'linux-x64',
      Buffer.concat([elf(0x3e), Buffer.from(`${fuse}:1`)]),
      'the program is not inside',
    ],
    [
      'a Node as it was',
      'linux-x64',
      Buffer.concat([elf(0x3e), Buffer.from(`${fuse}:0`), blob]),
      'its fuse is not set',
    ],
    ['no segment', 'darwin-x64', whole(mach(0x0100_0007, [])), 'it has no segment NODE_SEA'],
    ['a signature', 'darwin-arm64', whole(mach(0x0100_000c, [segment, [0x1d, '']])), 'it has a signature'],
    ['a signature', 'windows-x64', whole(pe([0x300, 8])), 'it has a signature'],
  ] as const)('with %s is refused: %s', (_, id, file, fault) => {
    expect(() => requireStructure(file, id, blob)).toThrow(fault);
  });
});

describe('the signature of a PE file', () => {
  it('is removed with its bytes at the end', () => {
    const unsigned = pe();
    const signed = Buffer.concat([pe([unsigned.length, 8]), Buffer.from('x'.repeat(8))]);
    expect(removeSignature(signed)).toEqual(unsigned);
  });

  it('leaves other files as they are', () => {
    for (const file of [pe(), elf(0x3e)]) expect(removeSignature(file)).toBe(file);
  });
});
