import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookResult, lookScript, lookState } from '../../../src/reconcile/restore/restore-scripts.js';
import { isUsable, parseLook, type SnapshotLook } from '../../../src/reconcile/restore/snapshot-look.js';

/** An archive that RKE v1 wrote. */
const archive = fileURLToPath(new URL('../../fixtures/vectors/takeover/three/snap1.zip', import.meta.url));
const bytes = readFileSync(archive);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rke-look-'));
  mkdirSync(join(directory, 'data/member'), { recursive: true });
  copyFileSync(archive, join(directory, 'snap1.zip'));
  program('etcdctl', 'echo \'{"hash":3,"revision":711,"totalKey":402,"totalSize":9}\'');
});
afterEach(() => rmSync(directory, { recursive: true }));

function program(name: string, text: string): void {
  writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(directory, name), 0o755);
}

/** Runs the script in a real shell, as its container on a host does. */
function look(name = 'snap1'): SnapshotLook {
  const [result, state] = [join(directory, 'result'), join(directory, 'state')];
  const script = lookScript
    .replaceAll('/backup/', `${directory}/`)
    .replaceAll('cd /data', `cd ${directory}/data`)
    .replaceAll(lookResult, result)
    .replaceAll(lookState, state);
  const env = { PATH: `${directory}:${process.env['PATH'] ?? ''}`, TMPDIR: directory };
  const { status } = spawnSync('sh', ['-c', script, 'rke', name], { encoding: 'utf8', env });
  expect(status).toBe(0);
  return parseLook(readFileSync(result, 'utf8'), existsSync(state) ? readFileSync(state, 'utf8') : undefined);
}

const hasUnzip = spawnSync('unzip', ['-v']).status === 0;

describe.runIf(hasUnzip)('the script that looks for a snapshot before a restore, in a real shell', () => {
  it('accepts what RKE v1 wrote, with the state in it', () => {
    const { found, hasData, started } = look();
    expect([hasData, started]).toEqual([true, undefined]);
    expect(found).toMatchObject({ bytes: bytes.length, databaseBytes: 1744928, revision: 711, keys: 402 });
    expect(isUsable(found) && found.state?.includes('"desiredState"')).toBe(true);
  });

  it('accepts a plain snapshot of an old version', () => {
    const plain = spawnSync('unzip', ['-p', archive, '*backup/snap1'], { maxBuffer: 1 << 24 }).stdout;
    rmSync(join(directory, 'snap1.zip'));
    writeFileSync(join(directory, 'snap1'), plain);
    const { found } = look();
    expect(isUsable(found) && [found.databaseBytes, found.state]).toEqual([1744928, undefined]);
  });

  const flipped = Buffer.from(bytes);
  flipped[100_000] = (flipped[100_000] ?? 0) ^ 1;
  it.each([
    ['an empty archive', Buffer.alloc(0)],
    ['a truncated archive', bytes.subarray(0, 200_000)],
    ['an archive with a flipped bit in the database', flipped],
  ])('names %s damaged', (_, damaged) => {
    writeFileSync(join(directory, 'snap1.zip'), damaged);
    expect(look().found).toMatchObject({ isDamaged: true, why: expect.stringMatching(/\S/) as string });
  });

  it('names a database damaged that etcd cannot open', () => {
    program('etcdctl', 'echo "snapshot file integrity check failed" >&2; exit 1');
    expect(look().found).toEqual({ isDamaged: true, why: 'snapshot file integrity check failed' });
  });

  it.each<[string, () => void, string]>([
    [
      'a full disk',
      () => program('unzip', 'echo "write error: No space left on device" >&2; exit 50'),
      'No space left',
    ],
    [
      'an archive of 4 GiB or more',
      () => {
        truncateSync(join(directory, 'snap1.zip'), 2 ** 32);
        program('unzip', 'echo "unzip: short read" >&2; exit 1');
      },
      'no archive of 4 GiB or more',
    ],
  ])('does not blame the archive for %s', (_, breakIt, why) => {
    breakIt();
    expect(look().found).toMatchObject({ isDamaged: false, why: expect.stringContaining(why) as string });
  });

  it('finds how far a restore is without a look at an archive', () => {
    mkdirSync(join(directory, 'data/restore'));
    writeFileSync(join(directory, 'data/restore/id'), 'x\n');
    writeFileSync(join(directory, 'data/restore/accepted'), '');
    expect(look('')).toEqual({
      started: { phase: 'accepted', id: 'x' },
      hasData: true,
      found: undefined,
    });
  });
});
