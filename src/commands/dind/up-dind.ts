import { freemem } from 'node:os';
import { resizeDindText } from '../../config/write/dind-file.js';
import { usageError } from '../../core/errors.js';
import type { DindEngine } from '../../host/dind/dind-engine.js';
import { findDnsServers } from '../../host/dind/dns-servers.js';
import type { DindNode, DindObserved, DindStep } from '../../reconcile/dind/dind-steps.js';
import { planDindLeaving, planDindStart } from '../../reconcile/dind/plan-dind.js';
import type { RunResult } from '../../run/apply.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { refuseEditing } from '../../run/cluster-source.js';
import { limitRun } from '../../run/limit-run.js';
import { openSession } from '../../run/session.js';
import { lockState } from '../../run/state/lock-state.js';
import type { ClusterEdit } from '../../run/write-cluster-text.js';
import { clusterPaths } from '../../state/paths.js';
import { upLocked, type UpOptions } from '../up/run.js';
import { checkMachine, defaultDindImage, readDindNodes } from './dind-cluster.js';
import { runDindSteps } from './run-dind-steps.js';

/** How the containers of a cluster are planned. */
export interface PlanDindOptions extends ClusterOptions {
  readonly engine: DindEngine;
  /** Number of nodes; by default those of cluster.yml. */
  readonly count?: number | undefined;
  readonly image?: string | undefined;
  readonly storageDriver?: string | undefined;
  readonly dnsServer?: string | undefined;
}

export type UpDindOptions = Omit<UpOptions, 'edit'> & PlanDindOptions;

/** What `rke up --dind` does with containers, before and after it changes the cluster. */
export interface DindPlan {
  /** Before. */
  readonly start: readonly DindStep[];
  /** After: nodes are drained before their containers are removed. */
  readonly remove: readonly DindStep[];
  /** The change of cluster.yml, if the number of nodes changes. */
  readonly edit?: ClusterEdit;
}

/**
 * Plans the containers of the nodes of a cluster.yml; changes nothing.
 *
 * @throws ConfigError (exit 3); RkeError (exit 2) if the file is of another cluster, (exit 6) if Docker cannot be used
 */
export async function planDind(options: PlanDindOptions): Promise<DindPlan> {
  const { engine, signal, count, image = defaultDindImage, storageDriver, dnsServer } = options;
  const quiet = { ...options, events: { emit: () => undefined } };
  const session = await openSession(quiet, { forChange: false });
  const { spec, text } = session;
  const listed = readDindNodes(session, options.configPath);
  await checkMachine(engine, { signal });
  const observed = await engine.observe(spec.clusterName, image, { signal });
  const after = count === undefined ? text : resize(options, { text, nodes: listed, observed, count });
  const edit = after === text ? undefined : { before: text, after };
  if (edit !== undefined)
    refuseEditing(options, 'leave out the number of nodes, or write the text to a file and pass that');
  const nodes =
    edit === undefined
      ? listed
      : readDindNodes(await openSession(quiet, { forChange: false, text: edit.after }), options.configPath);
  const dnsServers = dnsServer === undefined ? await findDnsServers() : [dnsServer];
  return {
    start: planDindStart(spec.clusterName, nodes, observed, { image, storageDriver, dnsServers }),
    remove: planDindLeaving(spec.clusterName, nodes, observed),
    ...(edit === undefined ? {} : { edit }),
  };
}

/**
 * `rke up --dind`: starts the node containers of a cluster.yml in the Docker of this machine, creates or changes the cluster in them, and
 * removes the containers of nodes that have left. Does nothing if nothing differs. All of it is done under the lock of the state.
 *
 * @throws what `planDind` and `upCluster` throw; RkeError (exit 6) if a container cannot be started or removed
 */
export function upDind(options: UpDindOptions): Promise<RunResult> {
  return limitRun(options, applyUpDind);
}

async function applyUpDind(options: UpDindOptions): Promise<RunResult> {
  const { engine, events, signal, configPath, state } = options;
  await using lock = await lockState(clusterPaths(configPath).state, state, 'rke up --dind');
  const { start, remove, edit } = await planDind(options);
  warnOfMemory(start, options);
  await runDindSteps(engine, start, { events, signal });
  const result = await upLocked({ ...options, edit }, lock);
  await runDindSteps(engine, remove, { events, signal });
  const steps = start.length + remove.length;
  return { ...result, done: result.done + steps, hasChanges: result.hasChanges || steps > 0 };
}

function resize(
  { configPath }: Pick<PlanDindOptions, 'configPath'>,
  {
    text,
    nodes,
    observed,
    count,
  }: {
    readonly text: string;
    readonly nodes: readonly DindNode[];
    readonly observed: DindObserved;
    readonly count: number;
  },
): string {
  const taken = observed.containers.map(({ address }) => address);
  const edited = resizeDindText(text, { nodes, taken, count });
  if (edited !== undefined) return edited;
  throw usageError(`the nodes of ${configPath} are written in a form that cannot be edited safely`, {
    fix: `edit the list \`nodes\` of ${configPath} yourself, then run \`rke up --dind\``,
  });
}

const nodeMemory = 1.5 * 2 ** 30;

function warnOfMemory(steps: readonly DindStep[], { events }: Pick<ClusterOptions, 'events'>): void {
  const count = steps.filter(({ kind }) => kind === 'create-node').length;
  const free = freemem();
  if (count === 0 || free >= count * nodeMemory) return;
  const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  events.emit({
    type: 'warning',
    message: `this machine has ${gib(free)} of memory available, and ${count} new ${count === 1 ? 'node needs' : 'nodes need'} about ${gib(count * nodeMemory)}: if components crash or time out, use fewer nodes`,
  });
}
