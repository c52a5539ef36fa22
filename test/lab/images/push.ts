import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { LabError } from '../process.js';
import type { Layer } from './layers.js';

/** What `docker run` does with an image, in Docker's own names. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly Volumes?: Readonly<Record<string, object>>;
}

export interface Blob {
  readonly digest: string;
  readonly size: number;
}

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';

/**
 * Puts an image into a registry over its HTTP API; no Docker is needed for it.
 *
 * @param registry host:port, plain HTTP
 * @param reference repository and tag, e.g. `rancher/hyperkube:v1.30.4-rancher1`
 */
export async function pushImage(
  registry: string,
  reference: string,
  layers: readonly Layer[],
  config: ImageConfig,
): Promise<void> {
  const [repository = '', tag = 'latest'] = reference.split(':');
  const base = `http://${registry}/v2/${repository}`;
  const blobs: Blob[] = [];
  const diffIds: string[] = [];
  for (const { file } of layers) {
    const { size } = await stat(file);
    const digest = await digestOf(createReadStream(file));
    diffIds.push(await digestOf(createReadStream(file).pipe(createGunzip())));
    await uploadBlob(base, { digest, size }, () => Readable.toWeb(createReadStream(file)) as ReadableStream);
    blobs.push({ digest, size });
  }
  const image = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: diffIds },
      created: '1970-01-01T00:00:00Z',
    }),
  );
  const imageBlob = {
    digest: `sha256:${createHash('sha256').update(image).digest('hex')}`,
    size: image.length,
  };
  await uploadBlob(base, imageBlob, () => image);
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', ...imageBlob },
    layers: blobs.map((blob) => ({
      mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
      ...blob,
    })),
  };
  await putManifest(base, tag, { text: JSON.stringify(manifest), type: manifestType });
}

/** The last step: with it the image is there. @param base URL of the repository */
export async function putManifest(
  base: string,
  tag: string,
  { text, type }: { readonly text: string; readonly type: string },
): Promise<void> {
  const headers = { 'content-type': type };
  await request(`${base}/manifests/${tag}`, { method: 'PUT', headers, body: text });
}

async function digestOf(stream: NodeJS.ReadableStream): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(stream, hash);
  return `sha256:${hash.digest('hex')}`;
}

/** Gives the registry a blob unless it has it. @param base URL of the repository */
export async function uploadBlob(
  base: string,
  { digest, size }: Blob,
  body: () => Buffer | ReadableStream | Promise<Buffer | ReadableStream>,
): Promise<void> {
  const found = await fetch(`${base}/blobs/${digest}`, { method: 'HEAD' });
  if (found.ok) return;
  const started = await request(`${base}/blobs/uploads/`, { method: 'POST' });
  const location = new URL(started.headers.get('location') ?? '', base);
  location.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) };
  // `duplex` is what fetch wants for a body that is a stream; its types do not know it.
  await request(location, { method: 'PUT', headers, body: await body(), duplex: 'half' });
}

async function request(url: string | URL, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, init);
  if (!answer.ok)
    throw new LabError(
      `the registry answers ${answer.status} to ${init.method ?? ''} ${String(url)}: ${await answer.text()}`,
    );
  return answer;
}
