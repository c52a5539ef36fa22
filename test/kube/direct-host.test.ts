import { createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { directHost } from '../../src/kube/direct-host.js';

const target = { host: '127.0.0.1', port: 6443 };
const { signal } = new AbortController();
const server = createServer((socket) => socket.end('here'));
afterEach(() => server.close());

it('a direct host connects to the server of the URL, whatever the target, and names it if that fails', async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const socket = await directHost(`https://127.0.0.1:${port}`).dial(target, { signal });
  expect((await socket.setEncoding('utf8').toArray()).join('')).toBe('here');
  await new Promise((resolve) => server.close(resolve));
  await expect(directHost(`https://127.0.0.1:${port}`).dial(target, { signal })).rejects.toThrow(
    'ECONNREFUSED',
  );
});

it('a direct host stops when it is aborted', async () => {
  const reason = AbortSignal.abort();
  await expect(directHost('https://[::1]:6443').dial(target, { signal: reason })).rejects.toThrow('aborted');
});

it('a direct host accepts IPv6 addresses', () => {
  expect(directHost('https://[fd00::1]:6443').address).toBe('fd00::1');
});
