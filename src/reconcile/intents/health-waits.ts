import type { ContainerSpec, HealthCheck } from '../../plan/cluster-plan-types.js';
import type { Condition } from '../diff/condition.js';
import type { ContainerCheck } from '../kinds/wait-kinds.js';
import { healthyId } from '../operation-ids.js';
import type { Operation } from '../operations.js';
import { stageOf } from './container-operations.js';

/** Seconds that a component gets to become healthy; RKE gives 50 to 90 (services/healthcheck.go, etcd_util.go). */
export const healthTimeoutSeconds = 120;

/** Seconds that a container that can be asked nothing, and one that was broken, must have been up before it counts as healthy. */
const needed = { unasked: 5, broken: 15 };

/**
 * The wait for the health of a container that an operation touches, or that was found broken.
 *
 * @param condition as it was found; one that had failed must show that it stays up
 */
export function awaitHealthy(
  container: ContainerSpec,
  host: string,
  operation: Operation | undefined,
  condition: Condition = { state: 'well' },
): Operation {
  const isNew = operation?.kind === 'create-container' || operation?.kind === 'start-container';
  const check = checkOf(container, host, { wasBroken: !isNew && condition.state !== 'well' });
  return {
    id: healthyId(container.name, host),
    stage: operation?.stage ?? stageOf(container.name),
    title: `${container.name} healthy`,
    host,
    after: operation === undefined ? [] : [operation.id],
    kind: 'await-healthy',
    checks: [check],
    need: 1,
    timeoutSeconds: healthTimeoutSeconds + (check.steadySeconds ?? 0),
  };
}

/** What a container must pass to count as healthy. */
export function checkOf(
  { name, healthCheck, listensOn }: ContainerSpec,
  host: string,
  { wasBroken }: { readonly wasBroken: boolean } = { wasBroken: false },
): ContainerCheck {
  const steady = Math.max(
    healthCheck?.steadySeconds ?? 0,
    healthCheck === undefined && listensOn === undefined ? needed.unasked : 0,
    wasBroken ? needed.broken : 0,
  );
  return {
    host,
    container: name,
    ...(healthCheck === undefined ? {} : { check: wasBroken ? withoutElection(healthCheck) : healthCheck }),
    ...(listensOn === undefined ? {} : { port: listensOn }),
    ...(steady === 0 ? {} : { steadySeconds: steady }),
  };
}

/** One that was broken must show by time that it stays up: the leader may be another one. */
function withoutElection({ url, certificate, steadySeconds }: HealthCheck): HealthCheck {
  return {
    url,
    ...(certificate === undefined ? {} : { certificate }),
    ...(steadySeconds === undefined ? {} : { steadySeconds }),
  };
}
