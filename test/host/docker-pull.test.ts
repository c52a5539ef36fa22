import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DockerApi } from '../../src/host/host.js';
import { failureOf, Lane, signal } from './connected.js';
import { reply } from './fake-docker.js';

let lane: Lane;
let docker: DockerApi;
beforeEach(async () => {
  lane = await Lane.open();
  ({ docker } = await lane.connect());
});
afterEach(() => lane[Symbol.asyncDispose]());

/** The response stream of the next pull, in pieces of this size. */
function streams(records: readonly object[], size = 1_000_000): void {
  lane.docker.answer = (_request, response) => {
    response.writeHead(200);
    const text = Buffer.from(records.map((record) => `${JSON.stringify(record)}\r\n`).join(''));
    for (let at = 0; at < text.length; at += size) response.write(text.subarray(at, at + size));
    response.end();
  };
}

const failing = (message: string): object[] => [
  { status: 'Pulling from rancher/pause', id: '3.6' },
  { errorDetail: { message }, error: message },
];

describe('a pull that fails in its stream', () => {
  it.each([
    ['PULL_NOT_FOUND', 'manifest for rancher/pause:3.6 not found: manifest unknown: manifest unknown'],
    [
      'PULL_NOT_FOUND',
      "pull access denied for rancher/pause, repository does not exist or may require 'docker login'",
    ],
    ['PULL_DENIED', 'Head "https://reg.example/v2/": unauthorized: authentication required'],
    ['PULL_DENIED', 'denied: requested access to the resource is denied'],
    ['DOCKER_DISK_FULL', 'write /var/lib/docker/tmp/GetImageBlob1: no space left on device'],
    ['PULL_FAILED', 'Get "https://reg.example/v2/": dial tcp: lookup reg.example: no such host'],
  ])('is reported as %s: %s', async (code, message) => {
    streams(failing(message));
    const error = await failureOf(docker.pull('rancher/pause:3.6', { signal }));
    expect(error).toMatchObject({ code, exitCode: 6, host: '127.0.0.1' });
    expect(error.message).toContain('rancher/pause:3.6');
    expect(error.fix).not.toBe('');
  });

  it('is reported with another fix if credentials were sent', async () => {
    streams(failing('unauthorized: incorrect username or password'));
    const without = await failureOf(docker.pull('a:1', { signal }));
    const auth = { username: 'me', password: 'secret' };
    const wrong = await failureOf(docker.pull('a:1', { signal, auth }));
    expect(without.fix).toContain('add the registry');
    expect(wrong.fix).toContain('correct user and password');
    expect(JSON.stringify(wrong)).not.toContain('secret');
  });

  it('is reported if the stream announces layers without end', async () => {
    const progressDetail = { current: 1, total: 2 };
    const layer = (id: number): object => ({ id: String(id), status: 'Downloading', progressDetail });
    streams(Array.from({ length: 10_001 }, (_, id) => layer(id)));
    const error = await failureOf(docker.pull('a:1', { signal }));
    expect(error.message).toContain('more than 10000 layers');
  });

  it('is detected in the last record even without a newline', async () => {
    lane.docker.answer = (_request, response) => response.end('{"status":"x"}\n{"error":"manifest unknown"}');
    expect((await failureOf(docker.pull('a:1', { signal }))).code).toBe('PULL_NOT_FOUND');
  });
});

describe('a pull', () => {
  it('is reported by its status if it fails before its stream', async () => {
    lane.docker.answer = (_request, response) => reply(response, 404, { message: 'repository a not here' });
    expect((await failureOf(docker.pull('a:1', { signal }))).code).toBe('PULL_NOT_FOUND');
  });

  it('reports its progress over all layers', async () => {
    const told: object[] = [];
    streams(
      [
        { status: 'Pulling fs layer', progressDetail: {}, id: 'a' },
        { status: 'Downloading', progressDetail: { current: 10, total: 100 }, id: 'a' },
        { status: 'Downloading', progressDetail: { current: 20, total: 50 }, id: 'b' },
        { status: 'Download complete', progressDetail: {}, id: 'a' },
        { status: 'Extracting', progressDetail: { current: 5, total: 100 }, id: 'a' },
        { status: 'Digest: sha256:0' },
      ],
      7,
    );
    await docker.pull('a:1', { signal, onProgress: (progress) => told.push(progress) });
    expect(told[0]).toEqual({ currentBytes: 10, totalBytes: 100 });
    expect(told.at(-1)).toEqual({ currentBytes: 120, totalBytes: 150 });
  });

  it.each([
    ['rancher/pause:3.6', 'rancher/pause', '3.6'],
    ['rancher/pause', 'rancher/pause', 'latest'],
    ['reg.example:5000/rancher/pause', 'reg.example:5000/rancher/pause', 'latest'],
    ['reg.example:5000/rancher/pause:3.6', 'reg.example:5000/rancher/pause', '3.6'],
    ['rancher/pause@sha256:0123', 'rancher/pause', 'sha256:0123'],
  ])('of %s asks for one image only', async (image, fromImage, tag) => {
    streams([]);
    await docker.pull(image, { signal });
    expect(Object.fromEntries(lane.docker.seen[0]?.query ?? [])).toEqual({ fromImage, tag });
  });

  it('sends the credentials in the alphabet that Docker reads, and nowhere else', async () => {
    streams([]);
    const auth = { username: 'me', password: '???>>>~~~ä' };
    await docker.pull('a:1', { signal, auth });
    const [request] = lane.docker.seen;
    const header = String(request?.headers['x-registry-auth']);
    expect(header).toMatch(/^[\w=-]+$/);
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject(auth);
    expect(String(request?.query)).toBe('fromImage=a&tag=1');
    expect(request?.body.toString()).not.toContain('???');
  });
});

describe('a query to the registry', () => {
  const auth = { username: 'me', password: 'secret' };

  it('asks the daemon about one image, with the credentials', async () => {
    lane.docker.answer = (_request, response) => reply(response, 200, { Descriptor: {} });
    await docker.askRegistry('reg.example:5000/rancher/pause:3.6', { signal, auth });
    const [request] = lane.docker.seen;
    expect(request).toMatchObject({
      method: 'GET',
      path: '/distribution/reg.example:5000/rancher/pause:3.6/json',
    });
    const header = String(request?.headers['x-registry-auth']);
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject(auth);
  });

  it.each([
    [404, 'manifest unknown: manifest unknown', 'PULL_NOT_FOUND'],
    [403, 'denied: requested access to the resource is denied', 'PULL_DENIED'],
    [500, 'Get "https://reg.example/v2/": dial tcp: no route to host', 'PULL_FAILED'],
  ])('fails with status %i the same as a pull', async (status, message, code) => {
    lane.docker.answer = (_request, response) => reply(response, status, { message });
    const error = await failureOf(docker.askRegistry('a:1', { signal }));
    expect(error).toMatchObject({ code, exitCode: 6, host: '127.0.0.1' });
  });
});
