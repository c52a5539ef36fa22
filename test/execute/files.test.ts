import { describe, expect, it, vi } from 'vitest';
import { putFiles } from '../../src/execute/handlers/files.js';
import { replacedAt } from '../../src/reconcile/diff/file-times.js';
import { FakeHost } from '../fakes/host.js';

const operation = {
  id: 'files@10.0.0.1',
  stage: 'files',
  title: 'write files',
  after: [],
  kind: 'put-files',
  files: [],
  directories: [],
  image: 'tools:1',
  bind: '/etc/kubernetes:/etc/kubernetes',
} as const;

const file = { path: '/etc/kubernetes/a', content: 'a', mode: 0o600, uid: 0, gid: 0 };

describe('putFiles', () => {
  it('reports when a file was replaced, by the clock of the host', async () => {
    const host = new FakeHost('10.0.0.1');
    host.prints = () => '1700000000\n';
    const times: (number | undefined)[] = [];
    const files = [{ ...file, replacedAt: 'now' as const }, { ...file, replacedAt: 1_600_000_000 }, file];
    await putFiles(
      host,
      { ...operation, files },
      {
        packFiles: (entries) => {
          times.push(...entries.map(({ mtime }) => replacedAt(mtime)));
          return Promise.resolve(Buffer.from('tar'));
        },
        signal: new AbortController().signal,
      },
    );
    expect(times).toEqual([1_700_000_000, 1_600_000_000, undefined]);
  });

  it('writes all of them and removes its helper when the run is interrupted meanwhile', async () => {
    const host = new FakeHost('10.0.0.1');
    const run = new AbortController();
    // Exactly when Docker is asked to create the helper, which it does whether or not anybody waits for it.
    const create = host.docker.create.bind(host.docker);
    vi.spyOn(host.docker, 'create').mockImplementation((spec, options) => {
      run.abort();
      return create(spec, options);
    });
    await putFiles(host, operation, {
      packFiles: () => Promise.resolve(Buffer.from('tar')),
      signal: run.signal,
    });
    expect(host.archives).toHaveLength(1);
    expect(host.containers.size).toBe(0);
  });
});
