import { LabError } from '../process.js';
import { putManifest, uploadBlob, type Blob } from './push.js';

/** Docker's public registry, where the real images are. */
export const publicRegistry = 'https://registry-1.docker.io';

const deadlineMilliseconds = 3000;

/** Whether it can be reached from here: one request with a short deadline. */
export async function answers(registry: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(deadlineMilliseconds);
    const answer = await fetch(`${registry}/v2/`, { method: 'HEAD', signal });
    // It answers 401 to who has no token. What stands in between and forbids it does not say this.
    return answer.headers.get('docker-distribution-api-version') === 'registry/2.0';
  } catch {
    return false;
  }
}

/** What of a manifest, or of a list of them for several platforms, is needed to copy an image. */
interface Manifest {
  readonly manifests?: readonly {
    readonly digest: string;
    readonly platform?: { readonly os: string; readonly architecture: string };
  }[];
  readonly config: Blob;
  readonly layers: readonly Blob[];
}

const manifestTypes = [
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
];
const architecture = process.arch === 'x64' ? 'amd64' : process.arch;

/**
 * Copies the image of this machine's architecture from one registry to another, over their HTTP APIs.
 *
 * @param source origin, e.g. `https://registry-1.docker.io`
 * @param registry host:port of the other, plain HTTP
 * @param reference repository and tag, the same in both
 * @throws Error where the source does not have it or breaks off
 */
export async function copyImage(source: string, registry: string, reference: string): Promise<void> {
  const [repository = '', tag = 'latest'] = reference.split(':');
  const get = await reader(`${source}/v2/${repository}`, tag);
  const first = await get(`manifests/${tag}`);
  const found = parse(await first.clone().text());
  const digest = found.manifests?.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture,
  )?.digest;
  if (found.manifests !== undefined && digest === undefined)
    throw new LabError(`${reference} is not there for linux/${architecture}`);
  const answer = digest === undefined ? first : await get(`manifests/${digest}`);
  const text = await answer.text();
  const { config, layers } = parse(text);
  const base = `http://${registry}/v2/${repository}`;
  for (const blob of [...layers, config])
    await uploadBlob(base, blob, async () => (await get(`blobs/${blob.digest}`)).body ?? Buffer.alloc(0));
  await putManifest(base, tag, { text, type: answer.headers.get('content-type') ?? '' });
}

const parse = (text: string): Manifest => JSON.parse(text) as Manifest;

/** Reads below a repository, with the token that the registry wants of readers without a name. */
async function reader(base: string, tag: string): Promise<(path: string) => Promise<Response>> {
  const headers: Record<string, string> = { accept: manifestTypes.join(', ') };
  const asked = await fetch(`${base}/manifests/${tag}`, { method: 'HEAD', headers });
  const challenge = asked.headers.get('www-authenticate') ?? '';
  const realm = /realm="([^"]+)"/.exec(challenge)?.[1];
  if (asked.status === 401 && realm !== undefined) {
    const url = new URL(realm);
    for (const [, name = '', value = ''] of challenge.matchAll(/(service|scope)="([^"]+)"/g))
      url.searchParams.set(name, value);
    const { token } = (await (await good(url, {})).json()) as { token: string };
    headers['authorization'] = `Bearer ${token}`;
  }
  return (path) => good(`${base}/${path}`, headers);
}

async function good(url: string | URL, headers: Record<string, string>): Promise<Response> {
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new LabError(`${new URL(url).host} answers ${answer.status} to ${String(url)}`);
  return answer;
}
