import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventSink } from '../../src/core/events.js';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { readMetadataSource } from '../../src/cli/options/metadata-source.js';
import type { VersionCatalog } from '../../src/versions/catalog.js';
import { dataJson } from '../versions/data-json.js';
import { runIn, type Ran } from './run.js';

const older = JSON.stringify(dataJson({ RKEDefaultK8sVersions: { default: 'v1.29.9-rancher1-1' } }));
const newer = JSON.stringify(dataJson());

interface Answer {
  readonly status?: number;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

let folder: string;
let server: Server;
let answer: Answer;
let requests: IncomingMessage[];
let url: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rke-metadata-'));
  requests = [];
  answer = { body: older };
  server = createServer((request, response) => {
    requests.push(request);
    const { status = 200, body = '', headers = {} } = answer;
    const isUnchanged = headers['etag'] !== undefined && request.headers['if-none-match'] === headers['etag'];
    response.writeHead(isUnchanged ? 304 : status, headers).end(isUnchanged ? '' : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data.json`;
});
afterEach(async () => {
  await stopServer();
  await rm(folder, { recursive: true, force: true });
});

async function stopServer(): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** What a run gets whose RANCHER_METADATA_URL is `named`. */
async function load(
  named: string,
  signal = new AbortController().signal,
): Promise<{ catalog: VersionCatalog; warnings: string[] }> {
  const warnings: string[] = [];
  const metadata = readMetadataSource({
    env: { RANCHER_METADATA_URL: named, XDG_CACHE_HOME: join(folder, 'cache') },
    cwd: folder,
  });
  const events: EventSink = {
    emit: (event) => {
      if (event.type === 'warning') warnings.push(event.message);
    },
  };
  const catalog = await loadCatalog({ metadata, events, signal });
  return { catalog, warnings };
}

describe('RANCHER_METADATA_URL as a path', () => {
  it('replaces the whole built-in catalogue', async () => {
    await writeFile(join(folder, 'data.json'), older);
    for (const named of ['data.json', join(folder, 'data.json'), `file://${join(folder, 'data.json')}`]) {
      const { catalog, warnings } = await load(named);
      expect(catalog.versions).toEqual(['v1.29.9-rancher1-1', 'v1.30.5-rancher1-1']);
      expect([catalog.defaultVersion, warnings]).toEqual(['v1.29.9-rancher1-1', []]);
    }
  });

  it.each([
    ['a missing file', undefined, /data\.json: ENOENT/],
    ['a file that is not JSON', '<html>', /data\.json: invalid JSON/],
    ['a file of other JSON', '{}', /data\.json: K8sVersionRKESystemImages is missing or empty/],
  ])('fails with exit code 2 if the path is %s', async (_what, text, message) => {
    if (text !== undefined) await writeFile(join(folder, 'data.json'), text);
    await expect(load('data.json')).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
      fix: expect.stringContaining('RANCHER_METADATA_URL') as string,
    });
  });

  it('is ignored if it is empty', async () => {
    expect((await load('')).catalog.versions).toHaveLength(303);
  });
});

describe('RANCHER_METADATA_URL as a URL', () => {
  it('is revalidated by ETag on every run', async () => {
    answer = { body: older, headers: { etag: '"1"' } };
    expect((await load(url)).catalog.defaultVersion).toBe('v1.29.9-rancher1-1');
    expect((await load(url)).catalog.defaultVersion).toBe('v1.29.9-rancher1-1');
    answer = { body: newer, headers: { etag: '"2"' } };
    expect((await load(url)).catalog.defaultVersion).toBe('v1.30.5-rancher1-1');
    expect(requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"']);
  });

  it('is refused if the decompressed response is larger than 100 MB', async () => {
    answer = { body: gzipSync(Buffer.alloc(101 * 2 ** 20)), headers: { 'content-encoding': 'gzip' } };
    await expect(load(url)).rejects.toThrow(
      /cannot read the version metadata .*: the response is larger than 100 MB/,
    );
  });

  it('is not downloaded again at once if the server sends no ETag', async () => {
    await load(url);
    await load(url);
    expect(requests).toHaveLength(1);
  });

  it('is downloaded again without an ETag once the cached copy has expired', async () => {
    await load(url);
    const [name = ''] = await readdir(join(folder, 'cache', 'rke'));
    const path = join(folder, 'cache', 'rke', name);
    const cached = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    await writeFile(
      path,
      JSON.stringify({ ...cached, fetchedAt: new Date(Date.now() - 3_600_000).toISOString() }),
    );
    answer = { body: newer };
    expect((await load(url)).catalog.defaultVersion).toBe('v1.30.5-rancher1-1');
  });

  it.each([
    ['is unreachable', async () => stopServer()],
    ['fails', () => void (answer = { status: 503 })],
  ])(
    'is replaced by the last download, with a warning, if the server %s',
    async (_what, breakIt: () => unknown) => {
      answer = { body: older, headers: { etag: '"1"' } };
      await load(url);
      await breakIt();
      const { catalog, warnings } = await load(url);
      expect(catalog.defaultVersion).toBe('v1.29.9-rancher1-1');
      expect(warnings).toEqual([
        expect.stringMatching(
          /cannot download version metadata from .*data\.json.*; using the copy of \d{4}-/,
        ),
      ]);
    },
  );

  it('is replaced by the built-in catalogue, with a warning, if the server never answered', async () => {
    await stopServer();
    const { catalog, warnings } = await load(url);
    expect(catalog.versions).toHaveLength(303);
    expect(warnings).toEqual([
      expect.stringMatching(/cannot download .*ECONNREFUSED.*; using the built-in version catalogue$/),
    ]);
  });

  it.each([
    ['status 404', { status: 404 }, /HTTP status 404/],
    ['an HTML page', { body: '<html>' }, /invalid JSON/],
  ])('is refused if the server answers with %s', async (_what, wrong: Answer, message) => {
    answer = wrong;
    await expect(load(url)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
  });

  it('may contain a password, which is sent to the server and printed nowhere', async () => {
    await load(url.replace('//', '//me:s%40fe@'));
    expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:s@fe').toString('base64')}`);
    const [name = ''] = await readdir(join(folder, 'cache', 'rke'));
    expect(await readFile(join(folder, 'cache', 'rke', name), 'utf8')).not.toContain('s@fe');
    await stopServer();
    const { warnings } = await load(`${url.replace('//', '//me:s%40fe@')}?token=abc`);
    expect(warnings.join()).not.toMatch(/s@fe|s%40fe|abc/);
  });

  it('works if the cache directory is not writable', async () => {
    await writeFile(join(folder, 'cache'), '');
    expect((await load(url)).catalog.defaultVersion).toBe('v1.29.9-rancher1-1');
  });

  it('is not downloaded if the run is interrupted', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(load(url, stop.signal)).rejects.toThrow('stopped');
  });
});

describe('rke up with RANCHER_METADATA_URL', () => {
  const up = (named: string): Promise<Ran> =>
    runIn(folder, ['up'], { RANCHER_METADATA_URL: named, XDG_CACHE_HOME: join(folder, 'cache') });
  beforeEach(() =>
    writeFile(
      join(folder, 'cluster.yml'),
      'nodes: [{ address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }]\nkubernetes_version: v1.31.1-rancher1-1\n',
    ),
  );

  it('checks cluster.yml against that catalogue', async () => {
    const { code, stderr } = await up(url);
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('"v1.31.1-rancher1-1" is not in the catalogue'),
    ]);
  });

  it('fails before anything is done if the catalogue cannot be read', async () => {
    const { code, stderr } = await up('nowhere.json');
    expect([code, stderr]).toEqual([2, expect.stringContaining('nowhere.json')]);
  });

  it('warns if the server does not answer, and uses the built-in catalogue', async () => {
    await stopServer();
    // What is wrong with the file keeps the run from its host.
    await writeFile(join(folder, 'cluster.yml'), 'kubernetes_version: v1.31.1-rancher1-1\n');
    const { code, stderr } = await up(url);
    expect(code).toBe(3);
    expect(stderr).toContain('using the built-in version catalogue');
    expect(stderr).toContain('a cluster needs at least one node');
    expect(stderr).not.toContain('is not in the catalogue');
  });
});
