import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { DockerModem } from '../../src/host/docker/docker-modem.js';

/** Sends a query; returns the URL that the daemon sees. */
async function urlOf(path: string, options: Record<string, unknown>): Promise<string> {
  const server = createServer(({ url }, response) => response.end(JSON.stringify({ url })));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  class ToServer extends Agent {
    override createConnection: Agent['createConnection'] = (_, callback) =>
      super.createConnection({ host: '127.0.0.1', port }, callback);
  }
  const request = { path, method: 'GET', options, statusCodes: { 200: true } } as const;
  const { url } = (await new DockerModem(new ToServer()).send(request)) as { url: string };
  return url;
}

it.each([
  ['words and flags', { tail: '5', follow: false }, '/x?tail=5&follow=false'],
  ['a map as JSON', { filters: { name: ['a b'] } }, '/x?filters=%7B%22name%22%3A%5B%22a%20b%22%5D%7D'],
  ['no value that is missing', { since: undefined, tail: 1 }, '/x?tail=1'],
  ['neither the signal nor a login', { abortSignal: new AbortController().signal, authconfig: {} }, '/x'],
  ['the query of a request with a body', { _query: { name: 'a&b' }, _body: { Image: 'x' } }, '/x?name=a%26b'],
  ['no query', {}, '/x'],
])('a query has %s', async (_, options, url) => {
  expect(await urlOf('/x?', options)).toBe(url);
});

it.each([
  [
    '/images/registry:5000/rancher/a-b_c@sha256:0f/json?',
    '/images/registry:5000/rancher/a-b_c@sha256:0f/json',
  ],
  ['/images/my image/json?', '/images/my%20image/json'],
  ['/containers/a%2Fb/json', '/containers/a%2Fb/json'],
])('names in the path %s become a URL', async (path, url) => {
  expect(await urlOf(path, {})).toBe(url);
});

it('a path without a question mark has no query', async () => {
  expect(await urlOf('/x', { tail: '5' })).toBe('/x');
});
