import { rm } from 'node:fs/promises';
import type { DindEngine } from '../../host/dind/dind-engine.js';
import { planDindRemove } from '../../reconcile/dind/plan-dind.js';
import { limitRun } from '../../run/limit-run.js';
import { emitRunStarted } from '../../run/run-events.js';
import { openLockedSession } from '../../run/session.js';
import type { RemoveOptions } from '../remove.js';
import { checkMachine, readDindNodes } from './dind-cluster.js';
import { runDindSteps } from './run-dind-steps.js';

export interface RemoveDindOptions extends Omit<RemoveOptions, 'deleteSnapshots' | 'hooksFile'> {
  readonly engine: DindEngine;
}

/**
 * `rke remove --dind`: removes the node containers of a cluster with their volumes, and its network, without cleaning them first. Then
 * state and kubeconfig are deleted. cluster.yml is kept.
 *
 * @returns the number of steps; undefined if it was not confirmed
 * @throws RkeError (exit 2) if cluster.yml is of another cluster, (exit 6) if something cannot be removed: the state is kept then
 */
export function removeDind(options: RemoveDindOptions): Promise<number | undefined> {
  return limitRun(options, remove);
}

async function remove({ engine, ...options }: RemoveDindOptions): Promise<number | undefined> {
  const { events, signal } = options;
  await using session = await openLockedSession(options, {
    forChange: false,
    duringRestore: true,
    command: 'rke remove',
  });
  const { spec, store, paths } = session;
  readDindNodes(session, options.configPath);
  await checkMachine(engine, { signal });
  const observed = await engine.observe(spec.clusterName, '', { signal });
  const containers = observed.containers.map(({ container }) => container);
  if (!(await options.confirm(spec.clusterName, containers))) return undefined;
  emitRunStarted(options, 'remove', spec);
  const steps = planDindRemove(spec.clusterName, observed);
  await runDindSteps(engine, steps, { events, signal });
  await rm(paths.kubeconfig, { force: true });
  await store.remove();
  return steps.length;
}
