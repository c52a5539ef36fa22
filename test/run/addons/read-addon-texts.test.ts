import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIncludes } from '../../../src/run/addons/read-addon-texts.js';
import { readReleaseFiles } from '../../../src/run/helm/release-files.js';

const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

const answers: Readonly<Record<string, { readonly status?: number; readonly body: string | Buffer }>> = {
  '/manifest': { body: manifest },
  '/empty': { body: '' },
  '/comments': { body: '# moved\n---\n\n' },
  '/no-content': { status: 204, body: '' },
  '/login': { body: '\n<!-- proxy -->\n<!doctype html><html></html>' },
  '/latin-1': { body: Buffer.from(`${manifest}data: {a: "\xe4"}\n`, 'latin1') },
  '/error': { status: 500, body: 'no' },
};

describe('includes', () => {
  let folder: string;
  let server: Server;
  const at = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const read = async (entry: string) =>
    readIncludes(
      { addonsInclude: [entry] },
      {
        configPath: join(folder, 'cluster.yml'),
        signal: new AbortController().signal,
        fetchesUrls: true,
      },
    );
  const faultOf = async (entry: string): Promise<string | undefined> =>
    (await read(entry)).diagnostics.map(({ severity, message }) => `${severity} ${message}`).join('\n');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'includes-'));
    await mkdir(join(folder, 'pipes'));
    execFileSync('mkfifo', [join(folder, 'pipes', 'a.yml')]);
    await writeFile(join(folder, 'large.yml'), Buffer.alloc(11 * 1024 * 1024));
    server = createServer((request, response) => {
      const { status = 200, body } = answers[request.url ?? ''] ?? { status: 404, body: '' };
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('are the text of a URL', async () => {
    expect((await read(at('/manifest'))).texts.map(({ text }) => text)).toEqual([manifest]);
  });

  // An answer without objects would delete what the URL had before.
  it.each([
    ['/empty', /is empty$/],
    ['/comments', /is empty$/],
    ['/no-content', /is empty$/],
    ['/login', /is a web page, not a manifest/],
    ['/latin-1', /the response is not UTF-8 text$/],
    ['/error', /HTTP status 500$/],
    ['/absent', /HTTP status 404$/],
  ])('report the answer %s', async (path, expected) => {
    expect(await faultOf(at(path))).toMatch(expected);
    expect((await read(at(path))).texts).toEqual([]);
  });

  it.each(['ftp://example.com/a.yml', 'file:///etc/motd', 's3://bucket/a.yml'])(
    'report the URL %s, which is no path',
    async (url) => {
      expect(await faultOf(url)).toMatch(/^error invalid URL .*: expected http:\/\/ or https:\/\//);
    },
  );

  it.each([
    ['/dev/zero', /\/dev\/zero: it is not a regular file$/],
    ['pipes', /a\.yml: it is not a regular file$/],
    ['large.yml', /large\.yml: it is larger than 10 MB$/],
  ])('report %s without reading it', async (entry, expected) => {
    expect(await faultOf(entry)).toMatch(expected);
  });

  it('are not read from a named pipe as values of a chart either', async () => {
    const release = { name: 'a', namespace: 'b', valuesFiles: ['pipes/a.yml', '/dev/zero'] };
    const { diagnostics } = await readReleaseFiles(release, 'addons_helm[0]', join(folder, 'cluster.yml'));
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'cannot read pipes/a.yml: it is not a regular file',
      'cannot read /dev/zero: it is not a regular file',
    ]);
  });
});
