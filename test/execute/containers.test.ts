import { describe, expect, it } from 'vitest';
import { createContainer, replaceContainer, runOnce } from '../../src/execute/handlers/containers.js';
import { helperContainer } from '../../src/execute/helper-container.js';
import { FakeHost } from '../fakes/host.js';

const old = { ...helperContainer('etcd', 'etcd:1'), env: ['GENERATION=1'] };
const next = { ...old, image: 'etcd:2' };
const options = { signal: new AbortController().signal };

function runningHost(): FakeHost {
  const host = new FakeHost('10.0.0.1');
  host.run(old);
  return host;
}

describe('replaceContainer', () => {
  it('leaves the new generation running and nothing else', async () => {
    const host = runningHost();
    await replaceContainer(host, next);
    expect([...host.containers.keys()]).toEqual(['etcd']);
    expect(host.containers.get('etcd')).toMatchObject({ image: 'etcd:2', running: true });
  });

  it.each(['create', 'start:etcd'])('puts the old generation back when %s fails', async (call) => {
    const host = runningHost();
    host.fail.set(call, 1);
    await expect(replaceContainer(host, next)).rejects.toThrow('failed');
    expect([...host.containers.keys()]).toEqual(['etcd']);
    expect(host.containers.get('etcd')).toMatchObject({ image: 'etcd:1', running: true });
  });

  it('says how to put it back by hand when even that fails', async () => {
    const host = runningHost();
    host.fail.set('start', 2);
    await expect(replaceContainer(host, next)).rejects.toMatchObject({
      code: 'ROLLBACK_FAILED',
      fix: expect.stringContaining('docker rename old-etcd etcd') as string,
    });
  });

  it('never leaves a host without any generation, whichever call fails first', async () => {
    for (const call of ['remove:old-etcd', 'stop', 'rename', 'create', 'start']) {
      const host = runningHost();
      host.fail.set(call, 1);
      await expect(replaceContainer(host, next)).rejects.toThrow();
      expect(host.containers.has('etcd'), call).toBe(true);
    }
  });
});

describe('createContainer', () => {
  it('does not start a container that only owns a volume', async () => {
    const host = new FakeHost('10.0.0.1');
    await createContainer(host, { ...old, started: false }, options);
    expect(host.calls).toEqual(['create etcd']);
  });

  it('ends what it has begun when the run is stopped meanwhile, and begins nothing after that', async () => {
    const host = new FakeHost('10.0.0.1');
    const run = new AbortController();
    const created = createContainer(host, old, run);
    run.abort();
    await created;
    expect(host.containers.get('etcd')).toMatchObject({ running: true });
    await expect(createContainer(host, { ...old, name: 'kubelet' }, run)).rejects.toThrow('abort');
    expect(host.containers.has('kubelet')).toBe(false);
  });
});

describe('runOnce', () => {
  it('takes the helper away however it ends', async () => {
    const host = new FakeHost('10.0.0.1');
    await runOnce(host, old, options);
    expect(host.containers.size).toBe(0);
    host.exitCode = 3;
    await expect(runOnce(host, old, options)).rejects.toMatchObject({
      code: 'HELPER_FAILED',
      details: { evidence: ['last words'] },
    });
    expect(host.containers.size).toBe(0);
  });
});
