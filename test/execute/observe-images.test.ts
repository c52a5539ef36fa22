import { expect, it, vi } from 'vitest';
import { helperContainer } from '../../src/execute/helper-container.js';
import { observeImages, type KnownImages } from '../../src/execute/observe-images.js';
import { sampleFacts, samplePlan } from '../fakes/cluster.js';
import { FakeHost } from '../fakes/host.js';

const { signal } = new AbortController();

/** Observes a host whose kubelet runs with an image. @param listed the names that Docker lists */
async function observed(
  image: string,
  {
    listed = [image],
    known = new Map(),
    facts = sampleFacts,
  }: { listed?: string[]; known?: KnownImages; facts?: typeof sampleFacts } = {},
): Promise<{ readonly found: readonly string[]; readonly inspected: readonly string[] }> {
  const host = new FakeHost('10.0.0.1');
  for (const name of listed) host.images.add(name);
  const kubelet = helperContainer('kubelet', image);
  host.run(kubelet);
  const inspect = vi.spyOn(host.docker, 'inspectImage');
  const [node] = samplePlan([['worker']]).nodes;
  if (node === undefined) throw new Error('a plan without nodes');
  const images = await observeImages({ ...node, images: [image], containers: [kubelet] }, host.docker, {
    listed: host.docker.list({ signal }),
    facts,
    known,
    signal,
  });
  return { found: [...images.keys()], inspected: inspect.mock.calls.map(([name]) => name) };
}

it('an image that is on several hosts is inspected on one, as its id is the hash of its content', async () => {
  const known: KnownImages = new Map();
  const image = 'rancher/hyperkube:v1';
  expect(await observed(image, { known })).toEqual({ found: [image], inspected: [image] });
  expect(await observed(image, { known })).toEqual({ found: [image], inspected: [] });
  // With the image store of containerd, one id is that of the images for all platforms.
  const facts = { ...sampleFacts, architecture: 'aarch64' };
  expect(await observed(image, { known, facts })).toEqual({ found: [image], inspected: [image] });
});

it.each(['rancher/hyperkube:v1', 'reg.example:5000/team/hyperkube:v1'])(
  'image %s, which Docker would list, is missing without a question if it is not in the list',
  async (image) => {
    expect(await observed(image, { listed: [] })).toEqual({ found: [], inspected: [] });
  },
);

it.each([
  'rancher/hyperkube',
  'reg.example:5000/hyperkube',
  'docker.io/rancher/hyperkube:v1',
  'library/nginx:1',
  'rancher/hyperkube@sha256:0123',
  'rancher/hyperkube:v1@sha256:0123',
])('image %s, which Docker lists under another name, is inspected by the name', async (image) => {
  expect(await observed(image, { listed: [] })).toEqual({ found: [], inspected: [image] });
});

it('an image that Docker lists with the default registry is found', async () => {
  const [image, listed] = [
    'rancher/hyperkube:v1',
    ['docker.io/rancher/hyperkube:v1', 'rancher/hyperkube:v1'],
  ];
  expect(await observed(image, { listed })).toEqual({ found: [image], inspected: [image] });
});
