import { describe, expect, it } from 'vitest';
import { createPerformer } from '../../src/execute/perform.js';
import { helperContainer } from '../../src/execute/helper-container.js';
import type { KubeApi } from '../../src/kube/kube.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { lease, name } from '../fakes/controller-lease.js';

/** Replaces a controller-manager of the host `one`. @returns the patches of the Lease, and the calls to Docker with them */
async function replace(
  holderIdentity: string | undefined,
  mergePatch: KubeApi['mergePatch'] = () => Promise.resolve({ ...lease, metadata: { name } }),
): Promise<{ readonly patches: unknown[]; readonly calls: readonly string[] }> {
  const host = new FakeHost('10.0.0.1');
  host.run(helperContainer(name, 'image:1'));
  const patches: unknown[] = [];
  const kube = {
    get: () =>
      Promise.resolve(
        holderIdentity === undefined
          ? undefined
          : { ...lease, metadata: { name, resourceVersion: '7' }, spec: { holderIdentity } },
      ),
    mergePatch: (...given: Parameters<KubeApi['mergePatch']>) => {
      host.calls.push('release');
      patches.push(given[1]);
      return mergePatch(...given);
    },
  } as unknown as KubeApi;
  const perform = createPerformer(fakeContext([host], { kube }));
  await perform({
    id: `run:${name}@10.0.0.1`,
    stage: 'controlplane',
    title: 'replace',
    host: '10.0.0.1',
    after: [],
    kind: 'replace-container',
    container: helperContainer(name, 'image:2'),
    changes: [],
    release: { lease, hostname: 'one' },
  });
  expect(host.containers.get(name)).toMatchObject({ image: 'image:2', running: true });
  return { patches, calls: host.calls };
}

describe('the Lease of a leader that is replaced', () => {
  it('is released when its process has stopped, and not before', async () => {
    const { patches, calls } = await replace('one_1b4e28ba');
    expect(patches).toEqual([
      { metadata: { resourceVersion: '7' }, spec: { holderIdentity: null, leaseDurationSeconds: 1 } },
    ]);
    expect(calls.indexOf('release')).toBe(calls.indexOf(`stop ${name}`) + 1);
  });

  it.each([['two_1b4e28ba'], ['one-more_1b4e28ba'], [''], [undefined]])(
    'is left alone if %j holds it',
    async (holder) => {
      expect((await replace(holder)).patches).toEqual([]);
    },
  );

  it('expires by itself if it cannot be released, e.g. because another process has taken it', async () => {
    await replace('one_1b4e28ba', () => Promise.reject(new Error('conflict')));
  });
});
