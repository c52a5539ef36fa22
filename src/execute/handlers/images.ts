import { dockerError, InternalError, RkeError } from '../../core/errors.js';
import { createLimiter, type Limiter } from '../../core/limit.js';
import type { CallOptions, Host } from '../../host/host.js';
import type { ImageAsk } from '../../reconcile/operations.js';
import { fanOut } from '../fan-out.js';
import type { RunContext } from '../run-context.js';

/** Registries that are asked at the same time. */
const asksAtOnce = 20;

/** Pulls an image and tells how far it is, in bytes. @throws RkeError (exit 6) also for errors inside the stream */
export async function pullImage(
  host: Host,
  image: string,
  context: RunContext,
  onProgress: (text: string) => void,
): Promise<void> {
  await host.docker.pull(image, {
    ...withAuth(image, context),
    onProgress: ({ currentBytes, totalBytes }) =>
      onProgress(`${mebibytes(currentBytes)} of ${mebibytes(totalBytes)} MiB`),
  });
}

function mebibytes(bytes: number): string {
  const number = bytes / 2 ** 20;
  return number < 10 ? number.toFixed(1) : String(Math.round(number));
}

/**
 * Asks the registries for images before anything is changed. Where a registry does not answer as it should, the pull
 * decides: there are mirrors that give images and know no questions.
 *
 * @throws RkeError (exit 6) that names all images that cannot be had
 */
export async function checkImages(asks: readonly ImageAsk[], context: RunContext): Promise<void> {
  const { signal, limits } = context;
  const pulls = new Map(asks.map(({ host }) => [host, createLimiter(limits.pullsPerHost)]));
  const asked = await fanOut(asks, { limit: asksAtOnce, signal }, (ask) => find(ask, context, pulls));
  signal.throwIfAborted();
  const missing = asked.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
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
  try {
    await host.docker.askRegistry(image, withAuth(image, context));
  } catch {
    context.signal.throwIfAborted();
    await limited(() => host.docker.pull(image, withAuth(image, context)));
  }
}

function withAuth(
  image: string,
  { signal, registryAuth }: RunContext,
): CallOptions & { readonly auth?: NonNullable<ReturnType<RunContext['registryAuth']>> } {
  const auth = registryAuth(image);
  return { signal, ...(auth === undefined ? {} : { auth }) };
}
