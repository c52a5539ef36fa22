import { expect, it } from 'vitest';
import { createPerformer } from '../../src/execute/perform.js';
import type { RunContext } from '../../src/execute/run-context.js';
import type { DockerApi, Host, PullOptions } from '../../src/host/host.js';
import { FakeHost } from '../fakes/host.js';
import { recordingSink } from '../fakes/recording-sink.js';

const { signal } = new AbortController();

/** Pulls an image on a host. @returns the requests to Docker */
async function pulled(image: string, registryAuth: RunContext['registryAuth']): Promise<PullOptions[]> {
  const asked: PullOptions[] = [];
  const fake = new FakeHost('10.0.0.1');
  const docker: DockerApi = {
    ...fake.docker,
    pull: async (_image, options) => {
      await Promise.resolve();
      asked.push(options);
    },
  };
  const host = { address: fake.address, docker } as Host;
  const perform = createPerformer({
    hosts: new Map([[host.address, host]]),
    limits: { operations: 1, pullsPerHost: 1 },
    events: recordingSink(),
    signal,
    registryAuth,
  } as Partial<RunContext> as RunContext);
  const head = { id: 'pull', stage: 'images', title: 'pull', host: host.address, after: [] } as const;
  await perform({ ...head, kind: 'pull-image', image });
  return asked;
}

it('a pull uses the login of the credential plugin, and none if there is none', async () => {
  const auth = { username: 'AWS', password: 'p' };
  const asked: string[] = [];
  const login: RunContext['registryAuth'] = (image, options) => {
    asked.push(image);
    expect(options.signal).toBe(signal);
    return Promise.resolve(image.startsWith('reg.example/') ? auth : undefined);
  };
  expect(await pulled('reg.example/a/b', login)).toMatchObject([{ auth }]);
  expect(await pulled('a/b', login)).not.toMatchObject([{ auth: expect.anything() as unknown }]);
  expect(asked).toEqual(['reg.example/a/b', 'a/b']);
});

it('a pull is not attempted if the login fails', async () => {
  const reason = new Error('no login');
  await expect(pulled('reg.example/a/b', () => Promise.reject(reason))).rejects.toBe(reason);
});
