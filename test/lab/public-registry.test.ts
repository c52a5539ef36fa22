import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answers, copyImage } from './images/public-registry.js';

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const blob = (text: string): { digest: string; size: number } => ({
  digest: digestOf(text),
  size: text.length,
});
const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
const imageType = 'application/vnd.oci.image.manifest.v1+json';
const image = JSON.stringify({ config: blob('{"os":"linux"}'), layers: [blob('layer')] });
const index = JSON.stringify({
  manifests: [
    { digest: digestOf('another'), platform: { os: 'linux', architecture: 'mips' } },
    { digest: digestOf(image), platform: { os: 'linux', architecture } },
  ],
});

/** A registry that requires a token for reads, like the public one, and accepts every push. */
class FakeRegistry {
  readonly texts = new Map<string, { text: string; type: string }>();
  readonly #server: Server;
  readonly #wantsToken: boolean;
  origin = '';

  constructor(wantsToken: boolean) {
    this.#wantsToken = wantsToken;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.origin);
    let body = '';
    for await (const chunk of request) body += String(chunk);
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    if (url.pathname === '/token') {
      response.end(JSON.stringify({ token: url.searchParams.get('scope') }));
    } else if (request.method === 'POST') {
      response.writeHead(202, { location: `${url.pathname}1` }).end();
    } else if (request.method === 'PUT') {
      const digest = url.searchParams.get('digest');
      const path = digest === null ? url.pathname : url.pathname.replace(/uploads\/1$/, digest);
      this.texts.set(path, { text: body, type: request.headers['content-type'] ?? '' });
      response.writeHead(201).end();
    } else if (this.#wantsToken && request.headers.authorization !== 'Bearer repository:a/b:pull') {
      const challenge = `Bearer realm="${this.origin}/token",service="fake",scope="repository:a/b:pull"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    } else {
      const found = this.texts.get(url.pathname);
      response.writeHead(found === undefined ? 404 : 200, { 'content-type': found?.type ?? '' });
      response.end(found?.text);
    }
  }
}

let source: FakeRegistry;
let target: FakeRegistry;
beforeEach(async () => {
  [source, target] = [new FakeRegistry(true), new FakeRegistry(false)];
  await Promise.all([source.start(), target.start()]);
});
afterEach(() => [source, target].forEach((registry) => registry.stop()));

const copy = (reference: string): Promise<void> =>
  copyImage(source.origin, target.origin.replace('http://', ''), reference);

describe('the public registry', () => {
  it('is detected by its answer, even a 401', async () => {
    expect(await answers(source.origin)).toBe(true);
    source.stop();
    expect(await answers(source.origin)).toBe(false);
  });

  it('serves the image of this architecture', async () => {
    source.texts.set('/v2/a/b/manifests/1', { text: index, type: 'application/vnd.oci.image.index.v1+json' });
    source.texts.set(`/v2/a/b/manifests/${digestOf(image)}`, { text: image, type: imageType });
    for (const text of ['layer', '{"os":"linux"}'])
      source.texts.set(`/v2/a/b/blobs/${digestOf(text)}`, { text, type: '' });
    await copy('a/b:1');
    expect(target.texts.get('/v2/a/b/manifests/1')).toEqual({ text: image, type: imageType });
    expect(target.texts.get(`/v2/a/b/blobs/${digestOf('layer')}`)?.text).toBe('layer');
    expect(target.texts.size).toBe(3);
  });

  it('is not assumed to serve an image that it does not have', async () => {
    await expect(copy('a/b:none')).rejects.toThrow('404');
    expect(target.texts.size).toBe(0);
  });
});
