import { dockerError, RkeError } from '../../core/errors.js';
import type { CallOptions, DockerApi, Host } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import { uninterrupted } from '../uninterrupted.js';
import { runOnce, secondsToStop, type ContainerChange } from './containers.js';
import { persist } from './persist.js';
import { ownersByHand, reown } from './reown.js';
import { withImage } from './with-image.js';

/** What else a replacement does. */
interface Replacement extends ContainerChange {
  /** Pulls the image of the container once more. */
  readonly pullImage?: () => Promise<void>;
  /** Called when the old container has stopped. */
  readonly onStopped?: () => Promise<void>;
}

/**
 * Puts a new generation in the place of a container. It is created, as `new-<name>`, before the old one is stopped, so that only a
 * start lies between the two; the old one is kept under `old-<name>` until the new one has started (the name that RKE uses,
 * docker/docker.go:161) and, unlike in RKE, is restored with its file owners if anything fails after it was stopped. Once started
 * it is not interrupted: a host is never left with neither.
 */
export async function replaceContainer(
  host: Host,
  spec: ContainerSpec,
  change: Replacement = {},
): Promise<void> {
  const { docker } = host;
  const names = { old: `old-${spec.name}`, next: `new-${spec.name}` };
  await createBeside(docker, { ...spec, name: names.next }, change);
  try {
    await uninterrupted({}, async (options) => {
      // One that only owns a volume never runs.
      if (spec.started) await docker.stop(spec.name, { ...options, seconds: secondsToStop(spec.name) });
      await change.onStopped?.();
      await docker.rename(spec.name, names.old, { ...options, replaces: true });
      if (change.reown !== undefined)
        await reown(host, change.reown, { ...options, runOnce, isUndone: false });
      await docker.rename(names.next, spec.name, options);
      if (spec.started) await docker.start(spec.name, options);
    });
  } catch (error) {
    await rollBack(host, spec, { names, change, cause: error });
    throw error;
  }
  await uninterrupted({}, (options) => docker.remove(names.old, options));
}

/** Creates the next generation. If that fails, nothing has changed. */
async function createBeside(
  docker: DockerApi,
  spec: ContainerSpec,
  { pullImage }: Replacement,
): Promise<void> {
  const create = (): Promise<void> =>
    uninterrupted({}, (options) => docker.create(spec, { ...options, replaces: true }));
  try {
    await withImage(pullImage, create);
  } catch (error) {
    await persist((options) => docker.remove(spec.name, options)).catch(() => undefined);
    throw error;
  }
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
  readonly names: { readonly old: string; readonly next: string };
  readonly change: ContainerChange;
  readonly cause: unknown;
}

/** The old generation is started whatever happens to the owners: a root member needs none of them. */
async function rollBack(host: Host, spec: ContainerSpec, { names, change, cause }: Failure): Promise<void> {
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
    await persist((options) => putBack(host, spec, { ...options, ...names }));
  } catch {
    fail([...byHand, `docker rename ${names.old} ${spec.name}`, `docker start ${spec.name}`]);
  }
  if (byHand.length > 0) fail([...byHand, `docker restart ${spec.name}`]);
}

/**
 * Inspects first, because a call whose answer was lost may have succeeded: so it can be repeated. While both names are taken, the old
 * generation still has its own; `old-<name>` is then one that an earlier run left.
 */
async function putBack(
  { docker }: Host,
  { name, started }: ContainerSpec,
  { old, next, ...options }: CallOptions & Failure['names'],
): Promise<void> {
  const [kept, created] = await Promise.all([name, next].map((one) => docker.inspect(one, options)));
  const isInPlace = kept !== undefined && created !== undefined;
  if (!isInPlace && (await docker.inspect(old, options)) !== undefined) {
    await docker.remove(name, options);
    await docker.rename(old, name, options);
  }
  if (started) await docker.start(name, options);
  await docker.remove(next, options);
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
