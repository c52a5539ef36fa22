import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hash } from '../../src/core/stable.js';
import {
  anyState,
  checkExits,
  checkMark,
  checkResult,
  checkScript,
  parseCheckResult,
  takeAndCheckScript,
} from '../../src/reconcile/snapshots/check-script.js';
import { readZip, zipInMemory } from '../../src/state/zip.js';

/** An archive that RKE v1 wrote. */
const archive = fileURLToPath(new URL('../fixtures/vectors/takeover/three/snap1.zip', import.meta.url));
const bytes = readFileSync(archive);
const files = await readZip(zipInMemory(bytes));
const state = (await files.find(({ name }) => name.endsWith('.rkestate'))?.content()) ?? Buffer.alloc(0);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rke-check-'));
  copyFileSync(archive, join(directory, 'snap1.zip'));
  writeFileSync(
    join(directory, 'etcdctl'),
    `#!/bin/sh\n[ "$1 $2" = 'snapshot status' ] && [ -s "$3" ] && echo '{"hash":3,"revision":711,"totalKey":402,"totalSize":9}'\n`,
  );
  chmodSync(join(directory, 'etcdctl'), 0o755);
});
afterEach(() => rmSync(directory, { recursive: true }));

interface Checked {
  readonly status: number | null;
  readonly stderr: string;
  readonly result: string;
}

const check = (name: string, wanted = ''): Checked => run(checkScript, [name, wanted]);

function run(text: string, words: readonly string[]): Checked {
  const result = join(directory, 'result');
  const script = text.replace('at=/backup', `at=${directory}`).replace(`>${checkResult}`, `>${result}`);
  const { status, stderr } = spawnSync('sh', ['-c', script, 'rke', ...words], {
    encoding: 'utf8',
    env: { PATH: `${directory}:${process.env['PATH'] ?? ''}`, TMPDIR: directory },
  });
  return { status, stderr, result: existsSync(result) ? readFileSync(result, 'utf8') : '' };
}

const hasUnzip = spawnSync('unzip', ['-v']).status === 0;

describe.runIf(hasUnzip)('the script that checks the archive of a snapshot, in a real shell', () => {
  it('accepts what RKE v1 wrote, and reports what is in it', () => {
    const { status, stderr, result } = check('snap1', hash('sha256', state));
    expect([status, stderr]).toEqual([0, '']);
    expect(parseCheckResult(result)).toEqual({
      bytes: bytes.length,
      databaseBytes: 1744928,
      sha256: hash('sha256', bytes),
      revision: 711,
      keys: 402,
      kubernetesVersion: expect.stringMatching(/^v1\.\d+\.\d+/) as string,
    });
  });

  it('finds the files with an unzip that leaves out the first slash of names, as BusyBox does', () => {
    const real = spawnSync('sh', ['-c', 'command -v unzip'], { encoding: 'utf8' }).stdout.trim();
    writeFileSync(
      join(directory, 'unzip'),
      `#!/bin/sh
for name in backup/snap1 etc/kubernetes/snap1.rkestate; do
  case $name in $3) exec ${real} -p "$2" "/$name" ;; esac
done
`,
    );
    chmodSync(join(directory, 'unzip'), 0o755);
    expect(check('snap1', hash('sha256', state))).toMatchObject({ status: 0, stderr: '' });
  });

  it('notes what it has found beside the archives, in place of an older note and of archives that are gone', () => {
    const file = join(directory, '.verified');
    writeFileSync(file, '1 2 3 4 5 v1.29.0 snap1\n1 2 3 4 5 - gone\n1 2 3 4 5 - kept\n');
    writeFileSync(join(directory, 'kept.zip'), '');
    expect(check('snap1', anyState).status).toBe(0);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines).toEqual([
      '1 2 3 4 5 - kept',
      expect.stringMatching(new RegExp(`^${bytes.length} \\d+ \\d+ 711 402 v1\\.\\S+ snap1$`)),
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  it.each([
    ['ends well and leaves it', 'cp "$1" "$2/snap1.zip"', 0, 0, 711],
    [
      'fails and leaves it, as an upload does',
      'cp "$1" "$2/snap1.zip"; exit 7',
      7,
      checkExits.toolFailed,
      711,
    ],
    [
      'ends well and leaves a part of it',
      'head -c 200000 "$1" >"$2/snap1.zip"',
      0,
      checkExits.damaged,
      undefined,
    ],
    ['ends well and leaves nothing', 'true', 0, checkExits.missing, undefined],
    ['fails and leaves nothing', 'exit 1', 1, checkExits.missing, undefined],
  ])('checks an archive after the program that %s', (_, program, taken, status, revision) => {
    rmSync(join(directory, 'snap1.zip'));
    const words = ['snap1', '', 'sh', '-c', program, 'program', archive, directory];
    const { stderr, ...ended } = run(takeAndCheckScript, words);
    expect(ended.status).toBe(status);
    expect(stderr.split('\n')[0]).toBe(`${checkMark}${taken}`);
    expect(parseCheckResult(ended.result)?.revision).toBe(revision);
  });

  it('reports an archive that is not there', () => {
    expect(check('snap2').status).toBe(checkExits.missing);
  });

  it('reports another state, or none', () => {
    expect(check('snap1', hash('sha256', 'other')).status).toBe(checkExits.withoutState);
  });

  it.each([
    ['an empty file', () => Buffer.alloc(0)],
    ['a truncated archive', () => bytes.subarray(0, 200_000)],
    [
      'an archive with a flipped bit in the database',
      () => {
        const copy = Buffer.from(bytes);
        copy[100_000] = (copy[100_000] ?? 0) ^ 1;
        return copy;
      },
    ],
  ])('refuses %s', (_, damaged) => {
    writeFileSync(join(directory, 'snap1.zip'), damaged());
    const { status, stderr, result } = check('snap1');
    expect([status, result]).toEqual([checkExits.damaged, '']);
    expect(stderr).not.toBe('');
  });

  it('refuses a database that etcd cannot open', () => {
    writeFileSync(
      join(directory, 'etcdctl'),
      '#!/bin/sh\necho "snapshot file integrity check failed" >&2\nexit 1\n',
    );
    expect(check('snap1')).toMatchObject({
      status: checkExits.damaged,
      stderr: 'snapshot file integrity check failed\n',
    });
  });

  it('does not blame the archive for what the container lacks', () => {
    writeFileSync(
      join(directory, 'unzip'),
      '#!/bin/sh\necho "write error: No space left on device" >&2\nexit 50\n',
    );
    chmodSync(join(directory, 'unzip'), 0o755);
    const { status, stderr } = check('snap1');
    expect([status, stderr]).toEqual([1, 'write error: No space left on device\n']);
  });

  it('does not blame an archive of 4 GiB or more, which the unzip of the image may not read', () => {
    truncateSync(join(directory, 'snap1.zip'), 2 ** 32);
    writeFileSync(join(directory, 'unzip'), '#!/bin/sh\necho "unzip: short read" >&2\nexit 1\n');
    chmodSync(join(directory, 'unzip'), 0o755);
    expect(check('snap1')).toMatchObject({
      status: 1,
      stderr: 'unzip failed, which in this image reads no archive of 4 GiB or more\n',
    });
  });
});

describe('the result of the script', () => {
  it.each([
    '',
    'bytes=1\n',
    'bytes=1\ndatabase=2\nsha256=a\nstatus={"revision":"x"}\n',
    'bytes=0\ndatabase=2\nstatus={"revision":1,"totalKey":1}',
  ])('is not accepted if it is incomplete: %j', (text) => expect(parseCheckResult(text)).toBeUndefined());
});
