import { dockerError, RkeError } from '../../core/errors.js';
import type { CallOptions, Host } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import { uninterrupted } from '../uninterrupted.js';
import { createContainer, runOnce, secondsToStop, type ContainerChange } from './containers.js';
import { persist } from './persist.js';
import { ownersByHand, reown } from './reown.js';

/**
 * Puts a new generation in the place of a container. The old one is kept under `old-<name>` until the new one has
 * started (the name that RKE uses, docker/docker.go:161) and, unlike in RKE, is restored with its file owners if anything
 * fails after it was stopped. Once started it is not interrupted: a host is never left with neither.
 */
export async function replaceContainer(
  host: Host,
  spec: ContainerSpec,
  change: ContainerChange = {},
): Promise<void> {
  const { docker } = host;
  const old = `old-${spec.name}`;
  await uninterrupted({}, (options) => docker.remove(old, options));
  try {
    await uninterrupted({}, async (options) => {
      await docker.stop(spec.name, { ...options, seconds: secondsToStop(spec.name) });
      await docker.rename(spec.name, old, options);
      await createContainer(host, spec, options, change);
    });
  } catch (error) {
    await rollBack(host, spec, { old, change, cause: error });
    throw error;
  }
  await uninterrupted({}, (options) => docker.remove(old, options));
}

/** Stops a container and starts it again. Once started it is not interrupted: the container would stay stopped. */
export async function restartContainer({ docker }: Host, name: string): Promise<void> {
  try {
    await uninterrupted({}, (options) => docker.stop(name, { ...options, seconds: secondsToStop(name) }));
  } catch (error) {
    // It may have stopped although the answer did not come.
    await persist((options) => docker.start(name, options)).catch(() => undefined);
    throw error;
  }
  await persist((options) => docker.start(name, options));
}

interface Failure {
  readonly old: string;
  readonly change: ContainerChange;
  readonly cause: unknown;
}

/** The old generation is started whatever happens to the owners: a root member needs none of them. */
async function rollBack(host: Host, spec: ContainerSpec, { old, change, cause }: Failure): Promise<void> {
  const fail = (commands: readonly string[]): never => {
    throw dockerError(
      'ROLLBACK_FAILED',
      `${spec.name} was not replaced, and the container before it could not be put back`,
      {
        fix: (on) => `run \`${commands.join(' && ')}\` on ${on}, then \`rke up\` again`,
        ...(cause instanceof RkeError && cause.host !== undefined ? { host: cause.host } : {}),
        cause,
      },
    );
  };
  const byHand = await giveBack(host, change);
  try {
    await persist((options) => putBack(host, spec, { ...options, old }));
  } catch {
    fail([...byHand, `docker rename ${old} ${spec.name}`, `docker start ${spec.name}`]);
  }
  if (byHand.length > 0) fail([...byHand, `docker restart ${spec.name}`]);
}

/** Inspects first, because a call whose answer was lost may have succeeded: so it can be repeated. */
async function putBack(
  { docker }: Host,
  { name, started }: ContainerSpec,
  { old, ...options }: CallOptions & { readonly old: string },
): Promise<void> {
  if ((await docker.inspect(old, options)) !== undefined) {
    await docker.remove(name, options);
    await docker.rename(old, name, options);
  }
  if (started) await docker.start(name, options);
}

/** Restores the owners. @returns commands for the operator, if it failed */
async function giveBack(host: Host, { reown: change }: ContainerChange): Promise<string[]> {
  if (change === undefined) return [];
  try {
    await persist((options) => reown(host, change, { ...options, runOnce, isUndone: true }));
    return [];
  } catch {
    return ownersByHand(change);
  }
}
