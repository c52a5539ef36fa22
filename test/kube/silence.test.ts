import { connect, createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallOptions } from '../../src/host/host.js';
import { createKubeApi } from '../../src/kube/client.js';
import { adminCertificates, FakeApi } from './fake-api.js';

const signal = new AbortController().signal;
const node = { apiVersion: 'v1', kind: 'Node', name: 'n1' };
const object = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } };
const timing = { requestMilliseconds: 400, connectMilliseconds: 200, retryMilliseconds: 100 };

type Kube = ReturnType<typeof createKubeApi>;

const calls: readonly [name: string, call: (kube: Kube, options: CallOptions) => Promise<unknown>][] = [
  ['a read', (kube, options) => kube.get(node, options)],
  ['a patient read', (kube, options) => kube.get(node, { ...options, patient: true })],
  ['a list', (kube, options) => kube.list({ apiVersion: 'v1', kind: 'Node' }, options)],
  ['an apply', (kube, options) => kube.apply(object, options)],
  ['a patch', (kube, options) => kube.mergePatch(node, {}, options)],
  ['a creation', (kube, options) => kube.create(object, options)],
  ['a replacement', (kube, options) => kube.replace(object, options)],
  ['a removal', (kube, options) => kube.delete(node, options)],
];

/** Peers that accept connections and fall silent, each at a different point of a request. */
const peers: readonly [name: string, make: () => Promise<FakeApi>][] = [
  [
    'never opens the connection',
    async () => Object.assign(await new FakeApi('10.0.0.1').listen(), { dialling: 'hangs' as const }),
  ],
  [
    'sends nothing after the connection is open',
    async () => silenced(await new FakeApi('10.0.0.1').listen()),
  ],
  [
    'sends nothing after the TLS handshake',
    async () => Object.assign(await new FakeApi('10.0.0.1').listen(), { isSilent: true }),
  ],
  [
    'stops in the middle of a response',
    async () => Object.assign(await new FakeApi('10.0.0.1').listen(), { isSilent: 'half' as const }),
  ],
];

describe.each(peers)('an API server that %s', (_name, make) => {
  let api: FakeApi;
  let kube: Kube;

  beforeEach(async () => {
    api = await make();
    kube = createKubeApi({ controlPlanes: [api.host], certificates: adminCertificates, timing });
  });
  afterEach(async () => {
    await kube[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });

  it.each(calls)('fails %s within its limit', async (_call, call) => {
    await expect(call(kube, { signal })).rejects.toMatchObject({
      exitCode: 7,
      code: expect.stringMatching(/^KUBE_(TIMEOUT|UNREACHABLE)$/) as string,
    });
  });

  it.each(calls)('fails %s when the run is interrupted', async (_call, call) => {
    const control = new AbortController();
    const reason = new Error('interrupted');
    setTimeout(() => control.abort(reason), 20);
    await expect(call(kube, { signal: control.signal })).rejects.toBe(reason);
  });
});

/** The same host, whose port leads to a server that accepts connections and never responds. */
async function silenced(api: FakeApi): Promise<FakeApi> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dispose = api[Symbol.asyncDispose].bind(api);
  const { port } = server.address() as AddressInfo;
  Object.defineProperty(api, 'host', {
    value: {
      ...api.host,
      dial: async () => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        await new Promise((resolve) => socket.once('connect', resolve));
        return socket;
      },
    },
  });
  api[Symbol.asyncDispose] = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await dispose();
  };
  return api;
}
