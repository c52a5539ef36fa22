import { describe, expect, it } from 'vitest';
import { checkImages } from '../../src/execute/handlers/images.js';
import { createPerformer } from '../../src/execute/perform.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { recordingSink } from '../fakes/recording-sink.js';

const asks = ['a:1', 'b:1', 'c:1'].map((image) => ({ host: '10.0.0.1', image }));

describe('checkImages', () => {
  it('queries the registry, and pulls nothing that it has', async () => {
    const host = new FakeHost('10.0.0.1');
    await checkImages(asks, fakeContext([host]));
    expect(host.calls.sort()).toEqual(['askRegistry a:1', 'askRegistry b:1', 'askRegistry c:1']);
  });

  it('trusts a pull more than a registry that does not answer', async () => {
    const host = new FakeHost('10.0.0.1');
    host.fail.set('askRegistry:b:1', 1);
    await checkImages(asks, fakeContext([host]));
    expect(host.calls.filter((call) => call.startsWith('pull'))).toEqual(['pull b:1']);
  });

  it('throws the error of the only unavailable image unchanged', async () => {
    const host = new FakeHost('10.0.0.1');
    for (const call of ['askRegistry:b:1', 'pull:b:1']) host.fail.set(call, 1);
    await expect(checkImages(asks, fakeContext([host]))).rejects.toMatchObject({
      message: 'pull b:1 failed',
      details: { host: '10.0.0.1' },
    });
  });

  it('lists all unavailable images at once', async () => {
    const host = new FakeHost('10.0.0.1');
    for (const call of ['askRegistry', 'pull'])
      for (const image of ['a:1', 'c:1']) host.fail.set(`${call}:${image}`, 1);
    await expect(checkImages(asks, fakeContext([host]))).rejects.toMatchObject({
      code: 'IMAGES_MISSING',
      exitCode: 6,
      message: '2 images cannot be pulled',
      details: { evidence: ['pull a:1 failed', 'pull c:1 failed'] },
    });
  });

  it('ends with the reason when the run is interrupted', async () => {
    const controller = new AbortController();
    controller.abort(new Error('stopped'));
    const context = fakeContext([new FakeHost('10.0.0.1')], { signal: controller.signal });
    await expect(checkImages(asks, context)).rejects.toThrow('stopped');
  });
});

describe('pull-image', () => {
  const pull = (image: string): Operation => ({
    id: `pull:${image}`,
    stage: 'images',
    title: `pull ${image}`,
    host: '10.0.0.1',
    after: [],
    kind: 'pull-image',
    image,
  });

  it('reports its progress in bytes', async () => {
    const host = new FakeHost('10.0.0.1');
    host.docker.pull = (_image, { onProgress }) => {
      onProgress?.({ currentBytes: 1.5 * 2 ** 20, totalBytes: 80 * 2 ** 20 });
      return Promise.resolve();
    };
    const events = recordingSink();
    await createPerformer(fakeContext([host], { events }))(pull('a:1'));
    expect(events.events).toMatchObject([{ type: 'operation-progress', text: '1.5 of 80 MiB' }]);
  });

  it('respects the limit of its host', async () => {
    const host = new FakeHost('10.0.0.1');
    let now = 0;
    let most = 0;
    host.docker.pull = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    };
    const perform = createPerformer(fakeContext([host]));
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((image) => perform(pull(image))));
    expect(most).toBe(2);
  });
});

describe('a host that leaves', () => {
  const clean: Operation = {
    id: 'clean@10.0.0.1',
    stage: 'remove',
    title: 'remove directories',
    host: '10.0.0.1',
    after: [],
    kind: 'clean-host',
    image: 'tools:1',
    script: 'true',
  };

  it('is cleaned although its kubelet has deleted the image of the cleaner since the host was read', async () => {
    const host = new FakeHost('10.0.0.1');
    await createPerformer(fakeContext([host]))(clean);
    expect(host.calls).toEqual([
      'pull tools:1',
      'remove kube-cleaner',
      'create kube-cleaner',
      'start kube-cleaner',
      'remove kube-cleaner',
    ]);
  });

  it('pulls no image that it has', async () => {
    const host = new FakeHost('10.0.0.1');
    host.images.add('tools:1');
    await createPerformer(fakeContext([host]))(clean);
    expect(host.calls[0]).toBe('remove kube-cleaner');
  });
});
