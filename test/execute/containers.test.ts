import { describe, expect, it } from 'vitest';
import {
  createContainer,
  createInsteadOf,
  runOnce,
  withHelper,
} from '../../src/execute/handlers/containers.js';
import { createPerformer } from '../../src/execute/perform.js';
import { replaceContainer, restartContainer } from '../../src/execute/handlers/replace-container.js';
import { helperContainer } from '../../src/execute/helper-container.js';
import { dockerError } from '../../src/core/errors.js';
import { fakeContext } from '../fakes/context.js';
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
  it('leaves only the new container, running', async () => {
    const host = runningHost();
    await replaceContainer(host, next);
    expect([...host.containers.keys()]).toEqual(['etcd']);
    expect(host.containers.get('etcd')).toMatchObject({ image: 'etcd:2', running: true });
  });

  it.each(['create', 'start:etcd'])('restores the old container if %s fails', async (call) => {
    const host = runningHost();
    host.fail.set(call, 1);
    await expect(replaceContainer(host, next)).rejects.toThrow('failed');
    expect([...host.containers.keys()]).toEqual(['etcd']);
    expect(host.containers.get('etcd')).toMatchObject({ image: 'etcd:1', running: true });
  });

  it('reports how to restore the old container manually if even that fails', async () => {
    const host = runningHost();
    host.fail.set('start', 2);
    await expect(replaceContainer(host, next)).rejects.toMatchObject({
      code: 'ROLLBACK_FAILED',
      fix: expect.stringContaining('docker rename old-etcd etcd') as string,
    });
  });

  const calls = ['create', 'stop', 'rename:etcd', 'rename:new-etcd', 'start'] as const;

  it.each(calls)('leaves the old container running if %s fails', async (call) => {
    const host = runningHost();
    host.fail.set(call, 1);
    await expect(replaceContainer(host, next)).rejects.toThrow('failed');
    expect([...host.containers.keys()]).toEqual(['etcd']);
    expect(host.containers.get('etcd')).toMatchObject({ image: 'etcd:1', running: true });
  });

  it.each(calls)('leaves the old container running if the response to %s is lost', async (call) => {
    const host = runningHost();
    host.loseAnswer.add(call);
    await expect(replaceContainer(host, next)).rejects.toThrow('lost');
    expect([...host.containers.keys()]).toEqual(['etcd']);
    expect(host.containers.get('etcd')).toMatchObject({ image: 'etcd:1', running: true });
  });

  it('keeps the new container if the old one cannot be removed', async () => {
    const host = runningHost();
    host.fail.set('remove:old-etcd', 1);
    await expect(replaceContainer(host, next)).rejects.toThrow('failed');
    expect(host.containers.get('etcd')).toMatchObject({ image: 'etcd:2', running: true });
  });

  describe('beside an old-etcd of an earlier run', () => {
    function hostWithBoth(): FakeHost {
      const host = runningHost();
      host.run({ ...old, name: 'old-etcd', image: 'etcd:0' });
      return host;
    }

    it('leaves only the new container', async () => {
      const host = hostWithBoth();
      await replaceContainer(host, next);
      expect([...host.containers.keys()]).toEqual(['etcd']);
      expect(host.containers.get('etcd')).toMatchObject({ image: 'etcd:2', running: true });
    });

    it.each(calls)('leaves the old container running if %s fails, or its response is lost', async (call) => {
      for (const prepare of [
        (host: FakeHost) => host.fail.set(call, 1),
        (host: FakeHost) => host.loseAnswer.add(call),
      ]) {
        const host = hostWithBoth();
        prepare(host);
        await expect(replaceContainer(host, next)).rejects.toThrow(/failed|lost/);
        expect(host.containers.get('etcd')).toMatchObject({ image: 'etcd:1', running: true });
        expect(host.containers.has('new-etcd')).toBe(false);
      }
    });
  });

  it.each(['create', 'stop', 'rename', 'start'])(
    'survives a Docker daemon that is briefly unavailable from %s on',
    async (call) => {
      const host = runningHost();
      host.away.set(call, 3);
      await expect(replaceContainer(host, next)).rejects.toThrow('away');
      expect([...host.containers.keys()]).toEqual(['etcd']);
      expect(host.containers.get('etcd')).toMatchObject({ image: 'etcd:1', running: true });
    },
  );
});

describe('an image that a kubelet has deleted since it was pulled', () => {
  /** A host that creates no container until the image is pulled. */
  function withoutImage(): { readonly host: FakeHost; readonly perform: (what: Change) => Promise<void> } {
    const host = runningHost();
    const create = host.docker.create.bind(host.docker);
    host.docker.create = (spec, given) =>
      host.images.has(spec.image)
        ? create(spec, given)
        : Promise.reject(dockerError('DOCKER_NO_IMAGE', 'no such image', { host: host.address }));
    const perform = createPerformer(fakeContext([host]));
    const head = { id: 'run', stage: 'etcd', title: 'run', host: host.address, after: [] } as const;
    return { host, perform: (what) => perform({ ...head, ...what, container: next }) };
  }
  type Change =
    | { readonly kind: 'create-container'; readonly insteadOf?: readonly string[] }
    | { readonly kind: 'replace-container'; readonly changes: readonly [] };

  it.each<readonly [string, Change]>([
    ['a replacement', { kind: 'replace-container', changes: [] }],
    ['a new container', { kind: 'create-container', insteadOf: ['kube-apiserver'] }],
  ])('is pulled again for %s', async (_, change) => {
    const { host, perform } = withoutImage();
    host.run({ ...old, name: 'kube-apiserver' });
    if (change.kind === 'create-container') host.containers.delete('etcd');
    await perform(change);
    expect(host.calls).toContain('pull etcd:2');
    expect(host.containers.get('etcd')).toMatchObject({ image: 'etcd:2', running: true });
  });

  it('stops nothing if the pull fails', async () => {
    const { host, perform } = withoutImage();
    host.fail.set('pull', 1);
    await expect(perform({ kind: 'replace-container', changes: [] })).rejects.toThrow('pull etcd:2 failed');
    expect(host.calls).not.toContain('stop etcd');
    expect(host.containers.get('etcd')).toMatchObject({ image: 'etcd:1', running: true });
  });
});

describe('the time that a container gets to end by itself', () => {
  async function secondsOf(name: string, work: (host: FakeHost) => Promise<void>): Promise<unknown[]> {
    const host = new FakeHost('10.0.0.1');
    host.run({ ...old, name });
    const seconds: unknown[] = [];
    const stop = host.docker.stop.bind(host.docker);
    host.docker.stop = (stopped, given) => {
      seconds.push(given.seconds);
      return stop(stopped, given);
    };
    await work(host);
    return seconds;
  }

  it.each([
    ['nginx-proxy', 0],
    ['kubelet', 5],
    ['kube-apiserver', 5],
  ])('is for %s %d seconds, whatever it makes room for', async (name, seconds) => {
    const spec = { ...next, name };
    expect(await secondsOf(name, (host) => replaceContainer(host, spec))).toEqual([seconds]);
    expect(await secondsOf(name, (host) => restartContainer(host, name))).toEqual([seconds]);
    const other = { ...next, name: 'other' };
    const insteadOf = (host: FakeHost): Promise<void> =>
      createInsteadOf(host, other, { ...options, insteadOf: [name] });
    expect(await secondsOf(name, insteadOf)).toEqual([seconds]);
  });
});

describe('restartContainer', () => {
  it('starts the container again if stopping it fails', async () => {
    const host = runningHost();
    host.loseAnswer.add('stop');
    await expect(restartContainer(host, 'etcd')).rejects.toThrow('lost');
    expect(host.containers.get('etcd')).toMatchObject({ running: true });
  });

  it('survives a Docker daemon that is unavailable when it should start again', async () => {
    const host = runningHost();
    host.away.set('start', 3);
    await restartContainer(host, 'etcd');
    expect(host.containers.get('etcd')).toMatchObject({ running: true });
  });
});

describe('withHelper', () => {
  it('throws the error of the work, even if the helper cannot be removed either', async () => {
    const host = new FakeHost('10.0.0.1');
    host.fail.set('remove', 1);
    const work = Promise.reject(new Error('the disk is full'));
    await expect(withHelper(host.docker, 'helper', () => work)).rejects.toThrow('the disk is full');
  });
});

describe('createContainer', () => {
  it('does not start a container that only owns a volume', async () => {
    const host = new FakeHost('10.0.0.1');
    await createContainer(host, { ...old, started: false }, options);
    expect(host.calls).toEqual(['create etcd']);
  });

  it('completes what it has begun when the run is interrupted, and begins nothing after that', async () => {
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

describe('createInsteadOf', () => {
  const proxy = { ...old, name: 'nginx-proxy' };
  const insteadOf = ['nginx-proxy'];

  it('stops the container that uses the ports, and removes it once the new container has started', async () => {
    const host = new FakeHost('10.0.0.1');
    host.run(proxy);
    await createInsteadOf(host, old, { ...options, insteadOf });
    expect(host.calls).toEqual(['stop nginx-proxy', 'create etcd', 'start etcd', 'remove nginx-proxy']);
  });

  it.each(['stop', 'create:etcd', 'start:etcd'])(
    'starts the old container again if %s fails',
    async (call) => {
      const host = new FakeHost('10.0.0.1');
      host.run(proxy);
      host.fail.set(call, 1);
      await expect(createInsteadOf(host, old, { ...options, insteadOf })).rejects.toThrow('failed');
      expect([...host.containers.keys()]).toEqual(['nginx-proxy']);
      expect(host.containers.get('nginx-proxy')).toMatchObject({ running: true });
    },
  );

  it('begins nothing in an interrupted run', async () => {
    const host = new FakeHost('10.0.0.1');
    host.run(proxy);
    const signal = AbortSignal.abort();
    await expect(createInsteadOf(host, old, { signal, insteadOf })).rejects.toThrow('abort');
    expect(host.calls).toEqual([]);
  });
});

describe('runOnce', () => {
  it('removes the helper however it ends', async () => {
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
