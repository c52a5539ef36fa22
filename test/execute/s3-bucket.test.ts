import { describe, expect, it } from 'vitest';
import { sshError } from '../../src/core/errors.js';
import { listS3Snapshots } from '../../src/execute/s3-bucket.js';
import { FakeHost } from '../fakes/host.js';

const bucket = { endpoint: 'minio:9000', bucketName: 'backups' };

describe('the list of a bucket that cannot be read', () => {
  it.each([
    ['no answer at minio:9000: Connection refused', 'no answer at minio:9000: Connection refused'],
    ['no answer at minio:9000', 'no answer at minio:9000 (Connection refused)'],
  ])('prints the cause once: %s', async (message, line) => {
    const cause = new Error('Connection refused');
    const fail = (): Promise<never> => Promise.reject(sshError('SSH_CHANNEL', message, { cause }));
    const s3 = { list: fail, remove: fail };
    const signal = new AbortController().signal;
    await expect(listS3Snapshots(new FakeHost('10.0.0.1'), bucket, { s3, signal })).rejects.toMatchObject({
      ...{ code: 'S3_FAILED', exitCode: 8, details: { evidence: [line] } },
      message: expect.stringContaining('the host does not reach the S3 service') as string,
    });
  });
});
