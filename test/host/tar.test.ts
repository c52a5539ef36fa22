import { expect, it } from 'vitest';
import { packFiles, unpackFiles } from '../../src/host/tar.js';

it('files are unchanged after they were packed into a tar and unpacked', async () => {
  const long = `/etc/kubernetes/${'folder/'.repeat(30)}file.pem`;
  const archive = await packFiles([
    { path: '/etc/kubernetes/ssl', mode: 0o755, uid: 0, gid: 0 },
    { path: '/etc/kubernetes/ssl/kube-ca.pem', content: 'ca: ä\n', mode: 0o600, uid: 1001, gid: 52 },
    { path: '/etc/kubernetes/empty', content: '', mode: 0o644, uid: 0, gid: 0 },
    { path: long, content: 'x'.repeat(100_000), mode: 0o640, uid: 2_500_000, gid: 0, mtime: 1_234_567 },
  ]);
  expect(await unpackFiles(archive)).toEqual([
    {
      path: 'etc/kubernetes/ssl/kube-ca.pem',
      content: Buffer.from('ca: ä\n'),
      mode: 0o600,
      uid: 1001,
      gid: 52,
      mtime: 0,
    },
    { path: 'etc/kubernetes/empty', content: Buffer.alloc(0), mode: 0o644, uid: 0, gid: 0, mtime: 0 },
    {
      path: long.slice(1),
      content: Buffer.from('x'.repeat(100_000)),
      mode: 0o640,
      uid: 2_500_000,
      gid: 0,
      mtime: 1_234_567,
    },
  ]);
});

it('the same files result in the same tar', async () => {
  const entries = [{ path: '/a', content: 'a', mode: 0o600, uid: 0, gid: 0 }];
  const [first, second] = [await packFiles(entries), await packFiles(entries)];
  expect(first.equals(second)).toBe(true);
});

it('anything that is not a tar is an error', async () => {
  await expect(unpackFiles(Buffer.from('no tar'.repeat(200)))).rejects.toThrow();
});
