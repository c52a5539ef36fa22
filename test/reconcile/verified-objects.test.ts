import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SnapshotFile } from '../../src/reconcile/snapshots/snapshot-files.js';
import {
  recordObjectScript,
  recordObjectWords,
  withVerified,
} from '../../src/reconcile/snapshots/verified-objects.js';

const s3 = { endpoint: 's3.example.com', bucketName: 'b', folder: 'prod east' };
const checked = { bytes: 2048, databaseBytes: 4096, sha256: 'x', revision: 7, keys: 3 };
const object = (change: Partial<SnapshotFile> = {}): SnapshotFile => ({
  name: 'nightly',
  file: 'nightly.zip',
  bytes: 2048,
  modifiedAt: 100,
  ...change,
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rke-objects-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs the script in a real shell, as a helper on a host does. */
function record(file = 'nightly.zip', modifiedAt = 100, bucket = s3, version = {}): void {
  const words = recordObjectWords({ ...checked, ...version }, { s3: bucket, file, modifiedAt });
  const script = recordObjectScript.replaceAll('/backup', directory);
  execFileSync('sh', ['-c', script, 'rke', 'nightly', ...words]);
}
const text = (): string => readFileSync(join(directory, '.verified-s3'), 'utf8');

describe('what checks have found in objects of S3', () => {
  it('is recorded on the host, a line for each object', () => {
    record();
    record('other.zip');
    record('nightly.zip', 200, s3, { kubernetesVersion: 'v1.30.4-rancher1-1' });
    expect(text().trim().split('\n')).toEqual([
      expect.stringMatching(/^2048 100 \d+ 7 3 - s3\.example\.com\/b\/prod east\/other\.zip$/) as string,
      expect.stringMatching(
        /^2048 200 \d+ 7 3 v1\.30\.4-rancher1-1 s3\.example\.com\/b\/prod east\/nightly\.zip$/,
      ) as string,
    ]);
  });

  it('holds for an object that has not changed since', () => {
    record();
    const [found] = withVerified([object()], s3, [text()]);
    expect(found?.verified).toMatchObject({ revision: 7, keys: 3 });
    for (const other of [object({ bytes: 1 }), object({ modifiedAt: 101 }), object({ file: 'x.zip' })])
      expect(withVerified([other], s3, [text()])).toEqual([other]);
    expect(withVerified([object()], { ...s3, folder: 'west' }, [text()])).toEqual([object()]);
    expect(withVerified([object()], s3, ['', 'damaged\n1 2'])).toEqual([object()]);
  });

  it('is the last check if several hosts have checked it', () => {
    const line = (at: number, revision: number): string =>
      `2048 100 ${at} ${revision} 3 - s3.example.com/b/prod east/nightly.zip\n`;
    const [found] = withVerified([object()], s3, [line(5, 1), line(9, 2), line(7, 3)]);
    expect(found?.verified).toEqual({ at: 9, revision: 2, keys: 3 });
  });
});
