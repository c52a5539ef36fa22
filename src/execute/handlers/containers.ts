import { withDeadline } from '../../core/deadline.js';
import { dockerError, RkeError } from '../../core/errors.js';
import type { CallOptions, DockerApi, Host } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import type { Reown } from '../../reconcile/operations.js';
import { uninterrupted } from '../uninterrupted.js';
import { ownersByHand, reown } from './reown.js';

/** Seconds a container gets to end by itself; RKE's stop timeout (docker/docker.go:33). */
const stopSeconds = 5;

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

/**
 * Puts a new generation in the place of a container. The old one is kept under `old-<name>` until the new one has
 * started (as RKE names it, docker/docker.go:161) and, unlike RKE, comes back when that fails, with what it owned. Once
 * begun it is not interrupted: a host is never left with neither.
 */
export async function replaceContainer(
  host: Host,
  spec: ContainerSpec,
  change: ContainerChange = {},
): Promise<void> {
  const { docker } = host;
  const old = `old-${spec.name}`;
  await uninterrupted({}, async (options) => {
    await docker.remove(old, options);
    await docker.stop(spec.name, { ...options, seconds: stopSeconds });
    await docker.rename(spec.name, old, options);
    try {
      await createContainer(host, spec, options, change);
    } catch (error) {
      await rollBack(host, spec, { old, change, options, cause: error });
      throw error;
    }
    await docker.remove(old, options);
  });
}

/** Stops a container and starts it again. Once begun it is not interrupted: it would stand still. */
export async function restartContainer({ docker }: Host, name: string): Promise<void> {
  await uninterrupted({}, async (options) => {
    await docker.stop(name, { ...options, seconds: stopSeconds });
    await docker.start(name, options);
  });
}

/** The old generation is started whatever happens to the owners: a root member needs none of them. */
async function rollBack(
  host: Host,
  spec: ContainerSpec,
  {
    old,
    change,
    options,
    cause,
  }: {
    readonly old: string;
    readonly change: ContainerChange;
    readonly options: CallOptions;
    readonly cause: unknown;
  },
): Promise<void> {
  const { docker } = host;
  const fail = (fix: string): never => {
    throw dockerError(
      'ROLLBACK_FAILED',
      `${spec.name} was not replaced, and the one before could not be put back`,
      {
        fix: `${fix} on the host, then run rke up again`,
        ...(cause instanceof RkeError && cause.host !== undefined ? { host: cause.host } : {}),
        cause,
      },
    );
  };
  const byHand = await giveBack(host, change, options);
  try {
    await docker.remove(spec.name, options);
    await docker.rename(old, spec.name, options);
    if (spec.started) await docker.start(spec.name, options);
  } catch {
    fail([...byHand, `docker rename ${old} ${spec.name}`, `docker start ${spec.name}`].join(' && '));
  }
  if (byHand.length > 0) fail([...byHand, `docker restart ${spec.name}`].join(' && '));
}

/** @returns commands that do it by hand, if it could not be done */
async function giveBack(host: Host, change: ContainerChange, options: CallOptions): Promise<string[]> {
  if (change.reown === undefined) return [];
  try {
    await reown(host, change.reown, { ...options, runOnce, isUndone: true });
    return [];
  } catch {
    return ownersByHand(change.reown);
  }
}

/** Runs a container to its end and takes it away. @throws RkeError (exit 6) with its last lines when it ends non-zero */
export async function runOnce(host: Host, spec: ContainerSpec, options: CallOptions): Promise<void> {
  const { docker } = host;
  await docker.remove(spec.name, options);
  try {
    await createContainer(host, spec, options);
    const code = await docker.wait(spec.name, options);
    if (code === 0) return;
    throw dockerError('HELPER_FAILED', `${spec.name} ended with exit code ${code}`, {
      host: host.address,
      evidence: await docker.logs(spec.name, { ...options, tail: 5 }),
    });
  } finally {
    await removeHelper(docker, spec.name);
  }
}

const helperMilliseconds = 10_000;

/** Removes a helper container, also when the run is being interrupted: it must not stay behind. */
export async function removeHelper(docker: DockerApi, name: string): Promise<void> {
  await withDeadline({ milliseconds: helperMilliseconds }, (signal) => docker.remove(name, { signal }));
}
