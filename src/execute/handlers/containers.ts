import { withDeadline } from '../../core/deadline.js';
import { dockerError } from '../../core/errors.js';
import type { CallOptions, DockerApi, Host } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import type { Reown } from '../../reconcile/kinds/container-kinds.js';
import { uninterrupted } from '../uninterrupted.js';
import { persist } from './persist.js';
import { reown } from './reown.js';

/** Seconds that etcd gets to write what it has, when it is stopped for good. */
export const etcdStopSeconds = 30;

/** Seconds a container gets to end by itself; RKE's stop timeout (docker/docker.go:33). */
const stopSeconds = 5;

/**
 * Seconds a container gets to end by itself before Docker kills it. nginx gets none: Docker asks it to finish its connections
 * (`STOPSIGNAL SIGQUIT` of its image), upon which it no longer accepts new ones and waits for the watches of the kubelet, which
 * do not end. So the host would be without an API for the whole time.
 */
export function secondsToStop(name: string): number {
  return name === 'nginx-proxy' ? 0 : stopSeconds;
}

/**
 * Creates a container, and starts it unless it only owns a volume. Once started it is not interrupted.
 *
 * @param change what changes with it, and is as before if it does not start
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
  /** What gets a new owner before the container is created. */
  readonly reown?: Reown | undefined;
}

/**
 * Creates a container that replaces others that use its ports: these are stopped first, removed once it has started, and
 * started again if it does not start. Once started it is not interrupted.
 */
export async function createInsteadOf(
  host: Host,
  spec: ContainerSpec,
  { signal, insteadOf, ...change }: CallOptions & ContainerChange & { readonly insteadOf: readonly string[] },
): Promise<void> {
  const { docker } = host;
  signal.throwIfAborted();
  try {
    await uninterrupted({}, async (options) => {
      for (const name of insteadOf) await docker.stop(name, { ...options, seconds: secondsToStop(name) });
      await createContainer(host, spec, options, change);
    });
  } catch (error) {
    await persist(async (options) => {
      await docker.remove(spec.name, options);
      for (const name of insteadOf) await docker.start(name, options);
    }).catch(() => undefined);
    throw error;
  }
  await uninterrupted({}, async (options) => {
    for (const name of insteadOf) await docker.remove(name, options);
  });
}

/** Runs a container to its end and removes it. @param read what is read of it before, by its exit code */
export async function runToEnd<Value>(
  host: Host,
  spec: ContainerSpec,
  options: CallOptions & { readonly milliseconds?: number },
  read: (code: number) => Promise<Value>,
): Promise<Value> {
  const { docker } = host;
  await docker.remove(spec.name, options);
  return withHelper(docker, spec.name, async () => {
    await createContainer(host, spec, options);
    return read(await docker.wait(spec.name, options));
  });
}

/** Runs a container to its end and removes it. @throws RkeError (exit 6) with its last lines when it ends non-zero */
export async function runOnce(host: Host, spec: ContainerSpec, options: CallOptions): Promise<void> {
  await runToEnd(host, spec, options, async (code) => {
    if (code === 0) return;
    throw dockerError('HELPER_FAILED', `${spec.name} ended with exit code ${code}`, {
      host: host.address,
      evidence: await host.docker.logs(spec.name, { ...options, tail: 5 }),
    });
  });
}

/** Runs a container to its end and removes it. @returns whether it ended well */
export function succeeds(host: Host, spec: ContainerSpec, options: CallOptions): Promise<boolean> {
  return runToEnd(host, spec, options, (code) => Promise.resolve(code === 0));
}

const helperMilliseconds = 10_000;

/**
 * Does some work with a helper container and then removes it, also when the run is being interrupted: it must not stay
 * behind. If both fail, the error of the work is thrown.
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
