import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import type { ObservedHost } from '../observed.js';

/**
 * The observed condition of a container. `well`: it runs and is healthy, or is not to run. `down`: it does not run, or Docker
 * restarts it again and again, so that an interruption loses nothing. `sick`: it runs, but is unhealthy or restarted recently.
 */
export type Condition =
  { readonly state: 'well' } | { readonly state: 'down' | 'sick'; readonly why: string };

const well: Condition = { state: 'well' };

/** Seconds that a container which Docker had to restart must have been up before it counts as well. */
const afterOneRestart = 30;
const afterManyRestarts = 60;
const manyRestarts = 3;

/**
 * Judges a container by whether it runs, how often and when Docker restarted it, and its health check.
 *
 * @param useHealth false if the result of its health check means nothing, e.g. with a client certificate that is too new
 */
export function conditionOf(
  { name, started }: Pick<ContainerSpec, 'name' | 'started'>,
  host: Pick<ObservedHost, 'containers' | 'unhealthy' | 'clock'>,
  useHealth = true,
): Condition {
  const found = host.containers.get(name);
  if (!started) return well;
  if (found === undefined) return { state: 'down', why: 'container does not exist' };
  if (found.restarting) return { state: 'down', why: `restarting, ${times(found.restartCount)} so far` };
  if (!found.running) return { state: 'down', why: `not running (exit code ${found.exitCode})` };
  const unhealthy = useHealth ? host.unhealthy?.get(name) : undefined;
  const up = uptime(found.startedAt, host.clock);
  const needed = found.restartCount >= manyRestarts ? afterManyRestarts : afterOneRestart;
  const isFlapping = found.restartCount > 0 && up !== undefined && up < needed;
  if (isFlapping)
    return {
      state: unhealthy === undefined ? 'sick' : 'down',
      why: `restarted ${times(found.restartCount)}, up for ${up} s`,
    };
  return unhealthy === undefined ? well : { state: 'sick', why: unhealthy };
}

/** Whole seconds since a container started, by the clock of its host; undefined if one of the two is unknown. */
export function uptime(startedAt: string | undefined, clock: number | undefined): number | undefined {
  const start = startedAt === undefined ? Number.NaN : Date.parse(startedAt);
  if (Number.isNaN(start) || clock === undefined) return undefined;
  return Math.max(0, Math.floor(clock - start / 1000));
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
