import { describe, expect, it, vi } from 'vitest';
import { putFiles } from '../../src/execute/handlers/files.js';
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

describe('putFiles', () => {
  it('writes all of them and takes its helper away when the run is stopped meanwhile', async () => {
    const host = new FakeHost('10.0.0.1');
    const run = new AbortController();
    // In the very moment in which Docker is asked for the helper, which it makes whether or not anybody waits for it.
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
