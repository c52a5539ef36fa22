import type { S3Backup } from '../../config/cluster-spec.js';
import { newestFirst, snapshotNameOf, type SnapshotFile } from './snapshot-files.js';

/** What the keys of a bucket begin with: its folder. */
export function s3Prefix({ folder = '' }: Pick<S3Backup, 'folder'>): string {
  return folder === '' ? '' : `${folder}/`;
}

/** The object of the archive of a snapshot (rke-tools main.go CreateS3Backup). */
export function s3Key(bucket: Pick<S3Backup, 'folder'>, name: string): string {
  return `${s3Prefix(bucket)}${name}.zip`;
}

/** The snapshots among the objects of a bucket, newest first: `file` is the object without the folder. */
export function parseS3Snapshots(
  bucket: Pick<S3Backup, 'folder'>,
  objects: readonly { readonly key: string; readonly bytes: number; readonly modifiedAt: number }[],
): SnapshotFile[] {
  const prefix = s3Prefix(bucket);
  return objects
    .flatMap(({ key, bytes, modifiedAt }): SnapshotFile[] => {
      const file = key.startsWith(prefix) ? key.slice(prefix.length) : '';
      const isSnapshot = file !== '' && !file.includes('/');
      return isSnapshot ? [{ name: snapshotNameOf(file), file, bytes, modifiedAt }] : [];
    })
    .sort(newestFirst);
}
