import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dockerError } from '../../src/core/errors.js';
import { helperContainer } from '../../src/execute/helper-container.js';
import type { RunContext } from '../../src/execute/run-context.js';
import { uploadSnapshot } from '../../src/execute/upload-snapshot.js';
import { FakeHost } from '../fakes/host.js';

/** A host whose directory of snapshots is one of the test, and whose helpers run their scripts in a real shell. */
let host: FakeHost;
let directory: string;
/** The script that ends as if the disk were full. */
let fullAt: RegExp | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rke-upload-'));
  fullAt = undefined;
  host = new FakeHost('10.0.0.1');
  host.docker.wait = (name) => {
    const [text = '', ...words] = host.created.get(name)?.at(-1)?.cmd ?? [];
    if (fullAt?.test(text) === true) return Promise.resolve(1);
    const script = text.replaceAll('/backup', directory);
    return Promise.resolve(spawnSync('sh', ['-c', script, ...words]).status ?? 1);
  };
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Writes the files that a container gets to the directory. */
const packFiles: RunContext['packFiles'] = (files) => {
  for (const { path, content } of files) {
    const file = path.replace('/backup', directory);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content ?? '');
  }
  return Promise.resolve(Buffer.of());
};

const content = ['one ', 'two ', 'three'];
const sha256 = createHash('sha256').update(content.join('')).digest('hex');
const controller = new AbortController();

// eslint-disable-next-line @typescript-eslint/require-await -- parts of a file arrive asynchronously
async function* partsOf(texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

const upload = (parts = partsOf(content), signal = controller.signal): Promise<void> =>
  uploadSnapshot(
    host,
    { file: 'nightly.zip', sha256, parts, container: helperContainer('etcd-restore', 'tools') },
    { signal, packFiles },
  );
const uploaded = (): string => readFileSync(join(directory, 'nightly.zip'), 'utf8');

describe('an archive of this machine', () => {
  it('arrives whole, from its parts in their order, and nothing else stays on the host', async () => {
    await upload();
    expect(uploaded()).toBe('one two three');
    expect(readdirSync(directory)).toEqual(['nightly.zip']);
    expect([...host.containers.keys()]).toEqual([]);
  });

  it('is not copied again if the host has it', async () => {
    await upload();
    const calls = host.calls.length;
    await upload();
    expect(host.calls.slice(calls).filter((call) => call.startsWith('putArchive'))).toEqual([]);
  });

  it('never replaces another one of its name', async () => {
    writeFileSync(join(directory, 'nightly.zip'), 'precious');
    await expect(upload()).rejects.toMatchObject({ code: 'SNAPSHOT_EXISTS', exitCode: 8 });
    expect(uploaded()).toBe('precious');
  });

  it('gets no name if it did not arrive whole, and its parts are removed', async () => {
    await expect(upload(partsOf(content.slice(0, 2)))).rejects.toMatchObject({
      code: 'SNAPSHOT_UNREADABLE',
      exitCode: 8,
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is copied anew after a run was killed', async () => {
    mkdirSync(join(directory, '.upload'));
    writeFileSync(join(directory, '.upload/000009'), 'of a killed run');
    await upload();
    expect(uploaded()).toBe('one two three');
    expect(readdirSync(directory)).toEqual(['nightly.zip']);
  });
});

describe('parts of an archive do not stay on a host', () => {
  it.each<[string, () => void]>([
    [
      'while they are copied',
      () => {
        host.docker.putArchive = (): Promise<never> =>
          Promise.reject(dockerError('DOCKER_CALL', 'write /backup/.upload/000001: no space left on device'));
      },
    ],
    [
      'while they are joined',
      () => {
        fullAt = /cat .upload/;
        host.docker.logs = () => Promise.resolve(['cat: write error: No space left on device']);
      },
    ],
  ])('whose disk is full %s', async (_, fill) => {
    mkdirSync(join(directory, '.upload'));
    fill();
    await expect(upload()).rejects.toMatchObject({ code: 'SNAPSHOT_DISK_FULL', exitCode: 8 });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('if the run is interrupted', async () => {
    const interrupted = new AbortController();
    async function* parts(): AsyncGenerator<Buffer> {
      yield* partsOf(['one ']);
      interrupted.abort(new Error('Ctrl-C'));
      yield* partsOf(['two ']);
    }
    await expect(upload(parts(), interrupted.signal)).rejects.toThrow('Ctrl-C');
    expect(readdirSync(directory)).toEqual([]);
    expect([...host.containers.keys()]).toEqual([]);
  });

  it('if the file cannot be read to its end', async () => {
    async function* parts(): AsyncGenerator<Buffer> {
      yield* partsOf(['one ']);
      throw new Error('EIO: i/o error');
    }
    await expect(upload(parts())).rejects.toThrow('EIO');
    expect(existsSync(join(directory, '.upload'))).toBe(false);
  });
});
