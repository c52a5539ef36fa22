import { RkeError } from '../../core/errors.js';
import { fanOut } from '../../execute/fan-out.js';
import { createEcrLogin } from '../../host/registry/ecr.js';
import { createRegistryLogin } from '../../host/registry/registry-login.js';
import type { ReadCluster } from '../../run/with-cluster.js';
import type { DoctorFinding } from './doctor-report.js';
import { findingOfFailure } from './host-findings.js';

/** Registries that are asked at the same time. */
const asksAtOnce = 20;

/**
 * Asks the registries for the images that hosts lack: each image from one host, like `rke up`, and one image from every other host, so
 * that a host without a way to the registry is found. Nothing is pulled.
 */
export async function examineImages(
  { session, hosts, options }: Pick<ReadCluster, 'session' | 'hosts' | 'options'>,
  missing: ReadonlyMap<string, readonly string[]>,
): Promise<DoctorFinding[]> {
  const { signal } = options;
  const login = createRegistryLogin(session.spec.privateRegistries ?? [], createEcrLogin());
  const asked = new Set<string>();
  const asks = [...missing].flatMap(([host, images]) => {
    const fresh = images.filter((image) => !asked.has(image));
    for (const image of fresh) asked.add(image);
    return (fresh.length > 0 ? fresh : images.slice(0, 1)).map((image) => ({ host, image }));
  });
  const results = await fanOut(asks, { limit: asksAtOnce, signal }, async ({ host, image }) => {
    const auth = await login(image, { signal });
    await hosts.get(host)?.docker.askRegistry(image, { signal, ...(auth === undefined ? {} : { auth }) });
  });
  signal.throwIfAborted();
  return results.flatMap((result, index): DoctorFinding[] => {
    if (result.status === 'fulfilled') return [];
    if (!(result.reason instanceof RkeError)) throw result.reason;
    return [findingOfFailure({ error: result.reason, host: asks[index]?.host ?? '' }, 'images')];
  });
}

/** The planned images that each host lacks. */
export function listMissingImages({
  plan,
  observed,
}: Pick<ReadCluster, 'plan' | 'observed'>): Map<string, readonly string[]> {
  return new Map(
    plan.nodes.flatMap(({ node: { address }, images }) => {
      const found = observed.hosts.get(address);
      const missing = found === undefined ? [] : images.filter((image) => !found.images.has(image));
      return missing.length === 0 ? [] : [[address, missing] as const];
    }),
  );
}
