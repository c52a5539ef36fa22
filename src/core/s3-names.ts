/** True for a name that a bucket can have, as minio-go in rke-tools accepts it. */
export const isBucketName = (name: string): boolean =>
  /^[A-Za-z0-9]([-A-Za-z0-9_.:]{0,61}[A-Za-z0-9])?$/.test(name);

/** S3 has keys of 1024 bytes at most, and the names of snapshots come after the folder. */
const mostBytes = 700;

/** What is wrong with a prefix of object names; undefined if S3 can have it. A slash at an end is unusual, and works in RKE v1. */
export function folderFault(folder: string): string | undefined {
  if (Buffer.from(folder).some((byte) => byte < 0x20 || byte === 0x7f))
    return 'expected no control characters';
  if (folder.split('/').some((part) => part === '.' || part === '..')) return 'expected no part . or ..';
  return Buffer.byteLength(folder) > mostBytes ? `expected ${mostBytes} bytes at most` : undefined;
}
