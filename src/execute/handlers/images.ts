import { dockerError, InternalError, RkeError } from '../../core/errors.js';
import { createLimiter, type Limiter } from '../../core/limit.js';
import type { CallOptions, Host, RegistryAuth } from '../../host/host.js';
import type { ImageAsk } from '../../reconcile/kinds/cluster-kinds.js';
import { fanOut } from '../fan-out.js';
import type { RunContext } from '../run-context.js';

/** What a pull needs. */
export type PullContext = Pick<RunContext, 'signal' | 'registryAuth'>;

/** Registries that are asked at the same time. */
const asksAtOnce = 20;

/** Pulls an image and reports the progress in MiB. @throws RkeError (exit 6) also for errors inside the stream */
export async function pullImage(
  host: Host,
  image: string,
  context: RunContext,
  onProgress: (text: string) => void,
): Promise<void> {
  await host.docker.pull(image, {
    ...(await withAuth(image, context)),
    onProgress: ({ currentBytes, totalBytes }) =>
      onProgress(`${mebibytes(currentBytes)} of ${mebibytes(totalBytes)} MiB`),
  });
}

/** Pulls an image that is not on the host. */
export async function ensureImage(host: Host, image: string, context: PullContext): Promise<void> {
  if ((await host.docker.inspectImage(image, context)) !== undefined) return;
  await host.docker.pull(image, await withAuth(image, context));
}

function mebibytes(bytes: number): string {
  const number = bytes / 2 ** 20;
  return number < 10 ? number.toFixed(1) : String(Math.round(number));
}

/**
 * Checks that the registries have the images before any change. If a registry does not answer the check, the image is pulled:
 * some mirrors serve pulls but not these requests.
 *
 * @throws RkeError (exit 6) that names all images that cannot be pulled
 */
export async function checkImages(asks: readonly ImageAsk[], context: RunContext): Promise<void> {
  const { signal, limits } = context;
  const pulls = new Map(asks.map(({ host }) => [host, createLimiter(limits.pullsPerHost)]));
  const asked = await fanOut(asks, { limit: asksAtOnce, signal }, (ask) => find(ask, context, pulls));
  signal.throwIfAborted();
  const reasons = asked.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  // A login that fails is one error for all images of its registry.
  const missing = [...new Set(reasons)];
  const [first] = missing;
  if (missing.length === 1) throw first;
  const foreseen = missing.filter((error) => error instanceof RkeError);
  if (foreseen.length < missing.length) throw missing.find((error) => !(error instanceof RkeError));
  if (missing.length === 0) return;
  throw dockerError('IMAGES_MISSING', `${missing.length} images cannot be pulled`, {
    evidence: foreseen.map(({ message }) => message).sort(),
    fix: [...new Set(foreseen.flatMap(({ fix }) => fix ?? []))].join('; '),
  });
}

async function find(
  { host: address, image }: ImageAsk,
  context: RunContext,
  pulls: ReadonlyMap<string, Limiter>,
): Promise<void> {
  const host = context.hosts.get(address);
  const limited = pulls.get(address);
  if (host === undefined || limited === undefined)
    throw new InternalError(`${image} is asked for from ${address}, which is not connected`);
  const options = await withAuth(image, context);
  try {
    await host.docker.askRegistry(image, options);
  } catch {
    context.signal.throwIfAborted();
    await limited(() => host.docker.pull(image, options));
  }
}

async function withAuth(
  image: string,
  { signal, registryAuth }: PullContext,
): Promise<CallOptions & { readonly auth?: RegistryAuth }> {
  const auth = await registryAuth(image, { signal });
  return { signal, ...(auth === undefined ? {} : { auth }) };
}
