import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  listSnapshotsCommand,
  parseSnapshotFiles,
  unreadable,
} from '../../src/reconcile/snapshots/snapshot-files.js';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "it's snapshots "))));
afterEach(() => rmSync(directory, { recursive: true }));

const list = (at = directory): string =>
  execFileSync('sh', ['-c', listSnapshotsCommand(at)], { encoding: 'utf8' });

describe('the list of snapshots on a host', () => {
  it('has name, size and time of every archive and of the plain files of old versions, newest first', () => {
    const write = (file: string, bytes: number, seconds: number): void => {
      writeFileSync(join(directory, file), 'x'.repeat(bytes));
      utimesSync(join(directory, file), seconds, seconds);
    };
    write('nightly.zip', 7, 1000);
    write('2026-11-26T12:00:00+01:00_etcd.zip', 3, 3000);
    write('old snapshot', 5, 2000);
    write('pki.bundle.tar.gz', 9, 4000);
    mkdirSync(join(directory, 'directory'));
    expect(parseSnapshotFiles(list())).toEqual([
      {
        name: '2026-11-26T12:00:00+01:00_etcd',
        file: '2026-11-26T12:00:00+01:00_etcd.zip',
        bytes: 3,
        modifiedAt: 3000,
      },
      { name: 'old snapshot', file: 'old snapshot', bytes: 5, modifiedAt: 2000 },
      { name: 'nightly', file: 'nightly.zip', bytes: 7, modifiedAt: 1000 },
    ]);
  });

  it('is empty if the directory is empty or does not exist', () => {
    expect(list()).toBe('');
    expect(list(join(directory, 'none'))).toBe('');
  });

  it('is unknown if the directory cannot be read', () => {
    writeFileSync(join(directory, 'file'), '');
    const { status } = spawnSync('sh', ['-c', listSnapshotsCommand(join(directory, 'file'))]);
    expect(status).toBe(unreadable);
  });
});
