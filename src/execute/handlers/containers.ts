import { withDeadline } from '../../core/deadline.js';
import { dockerError } from '../../core/errors.js';
import type { CallOptions, DockerApi, Host } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import type { Reown } from '../../reconcile/operations.js';
import { uninterrupted } from '../uninterrupted.js';
import { reown } from './reown.js';

/**
 * Creates a container and starts it, unless it is one that only owns a volume. Once begun it is not interrupted.
 *
 * @param change `reown`: what gets a new owner before the container is created
 */
export async function createContainer(
  host: Host,
  spec: ContainerSpec,
  { signal }: CallOptions,
  change: ContainerChange = {},
): Promise<void> {
  const { docker } = host;
  await uninterrupted({ signal }, async (options) => {
    if (change.reown !== undefined) await reown(host, change.reown, { ...options, runOnce, isUndone: false });
    await docker.create(spec, options);
    if (spec.started) await docker.start(spec.name, options);
  });
}

/** What changes on the host together with a container. */
export interface ContainerChange {
  readonly reown?: Reown | undefined;
}

/** Runs a container to its end and takes it away. @throws RkeError (exit 6) with its last lines when it ends non-zero */
export async function runOnce(host: Host, spec: ContainerSpec, options: CallOptions): Promise<void> {
  const { docker } = host;
  await docker.remove(spec.name, options);
  await withHelper(docker, spec.name, async () => {
    await createContainer(host, spec, options);
    const code = await docker.wait(spec.name, options);
    if (code === 0) return;
    throw dockerError('HELPER_FAILED', `${spec.name} ended with exit code ${code}`, {
      host: host.address,
      evidence: await docker.logs(spec.name, { ...options, tail: 5 }),
    });
  });
}

const helperMilliseconds = 10_000;

/**
 * Does some work with a helper container and then removes it, also when the run is being interrupted: it must not stay
 * behind. Where both fail, the work's error is the one that counts.
 */
export async function withHelper<Value>(
  docker: DockerApi,
  name: string,
  work: () => Promise<Value>,
): Promise<Value> {
  const remove = (): Promise<void> =>
    withDeadline({ milliseconds: helperMilliseconds }, (signal) => docker.remove(name, { signal }));
  const value = await work().catch(async (error: unknown) => {
    await remove().catch(() => undefined);
    throw error;
  });
  await remove();
  return value;
}
