import { withDeadline } from '../core/deadline.js';
import { RkeError } from '../core/errors.js';
import type { CallOptions, ContainerSummary, Host, ObservedContainer, ObservedImage } from '../host/host.js';
import type { KubeApi } from '../kube/kube.js';
import type { ClusterPlan, ContainerSpec, NodePlan } from '../plan/cluster-plan-types.js';
import type { ObservedCluster, ObservedHost } from '../reconcile/observed.js';
import { isOwnContainer, isRkeName } from '../reconcile/own-containers.js';
import { listeningPorts } from '../reconcile/port-conflicts.js';
import type { DockerFacts } from '../host/host.js';
import { fanOut } from './fan-out.js';
import { observeFiles } from './observe-files.js';
import { askHealth, clockCommand, parseClock } from './container-health.js';
import { observeKube, type KubeObservation } from './observe-kube.js';
import type { Clock, Probe, UnpackFiles } from './run-context.js';

export interface ObserveOptions extends CallOptions {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly facts: ReadonlyMap<string, DockerFacts>;
  /** undefined for a run that must not ask the API. */
  readonly kube: KubeApi | undefined;
  readonly clock: Clock;
  readonly concurrency: number;
  readonly unpackFiles: UnpackFiles;
  /** Asks the planned containers that run for their health; without it nobody is asked. */
  readonly probe?: Probe | undefined;
}

/**
 * Finds out how the hosts and the cluster are, by reads alone: no container is run and no file is written, so that a run
 * without changes leaves no trace.
 *
 * @returns with the hosts of which something could not be read in `unread`: nothing is concluded about them
 * @throws the signal's reason when it is aborted
 */
export async function observe(plan: ClusterPlan, options: ObserveOptions): Promise<ObservedCluster> {
  const { hosts, facts, signal, concurrency } = options;
  const reached = plan.nodes.flatMap((node) => {
    const host = hosts.get(node.node.address);
    const known = facts.get(node.node.address);
    return host === undefined || known === undefined ? [] : [{ node, host, facts: known }];
  });
  const [kube, found] = await Promise.all([
    askKube(plan, options),
    fanOut(reached, { limit: concurrency, signal }, async ({ node, host, facts: known }) => ({
      address: node.node.address,
      observed: await observeHost(node, host, known, options),
    })),
  ]);
  signal.throwIfAborted();
  const unread = new Map<string, RkeError>();
  const entries = found.flatMap((result, index) => {
    if (result.status === 'fulfilled') return [[result.value.address, result.value.observed] as const];
    if (!(result.reason instanceof RkeError)) throw result.reason;
    unread.set(reached[index]?.node.node.address ?? '', result.reason);
    return [];
  });
  const observed = { hosts: new Map(entries), unread, kube: kube?.kube };
  // A cluster that is yet to be made has no API to be missed.
  const isMissed = entries.some(([, { containers }]) => containers.get('kube-apiserver')?.running === true);
  return kube?.trouble === undefined || !isMissed ? observed : { ...observed, kubeTrouble: kube.trouble };
}

async function askKube(plan: ClusterPlan, options: ObserveOptions): Promise<KubeObservation | undefined> {
  const { kube, hosts } = options;
  const hasControlPlane = plan.nodes.some(
    ({ node }) => node.role.includes('controlplane') && hosts.has(node.address),
  );
  return kube === undefined || !hasControlPlane ? undefined : observeKube(plan, kube, options);
}

async function observeHost(
  node: NodePlan,
  host: Host,
  facts: DockerFacts,
  options: ObserveOptions,
): Promise<ObservedHost> {
  const { docker } = host;
  const planned = new Set(node.containers.map(({ name }) => name));
  const containers = new Map<string, ObservedContainer>();
  const leftovers: ObservedContainer[] = [];
  const foreign: ObservedContainer[] = [];
  const images = new Map<string, ObservedImage>();
  const known = [...node.images, ...node.containers.map(({ image }) => image)];
  const inspectContainer = async ({ name, labels }: ContainerSummary): Promise<void> => {
    const found = await docker.inspect(name, options);
    if (found === undefined) return;
    // The list names an image by its id where the tag has moved on.
    if (!isOwnContainer({ name, labels, image: found.image }, known)) foreign.push(found);
    else if (planned.has(name)) containers.set(name, found);
    else leftovers.push(found);
  };
  const [present, ids] = await Promise.all([docker.list(options), docker.listImages(options)]);
  const running = new Set(present.filter((one) => one.running).map(({ name }) => name));
  const there = new Set(present.map(({ name }) => name));
  const inUse = new Set(node.containers.filter(({ name }) => there.has(name)).map(({ image }) => image));
  const inspectImage = async (image: string): Promise<void> => {
    const id = ids.get(image);
    // Of an image that no container has, only that it is there matters. An odd name is not in the list.
    const found =
      id === undefined || inUse.has(image) ? await docker.inspectImage(image, options) : { id, env: [] };
    if (found !== undefined) images.set(image, found);
  };
  // The adapter bounds the calls per host.
  const [unhealthy, tables] = await Promise.all([
    askAll(
      node.containers.filter(({ name, started }) => started && running.has(name)),
      host,
      options,
    ),
    host.exec(`${clockCommand}; cat /proc/net/tcp /proc/net/tcp6`, { ...options, isRead: true }),
    ...present.filter(({ name }) => planned.has(name) || isRkeName(name)).map(inspectContainer),
    ...[...new Set(node.images)].map(inspectImage),
  ]);
  const clock = parseClock(tables.stdout);
  return {
    facts,
    containers,
    images,
    leftovers: namesOf(leftovers),
    runningLeftovers: new Set(namesOf(leftovers.filter(({ running }) => running))),
    foreign: foreign.toSorted(byName),
    listening: listeningPorts(tables.stdout),
    unhealthy,
    ...(clock === undefined ? {} : { clock }),
    files: await observeFiles([...containers.values()], docker, options),
  };
}

const byName = (a: ObservedContainer, b: ObservedContainer): number => (a.name < b.name ? -1 : 1);
const namesOf = (containers: readonly ObservedContainer[]): string[] =>
  containers.toSorted(byName).map(({ name }) => name);

/** A component that works answers at once; one that hangs must not hold up the plan for long. */
const healthMilliseconds = 10_000;

/** Asks containers for their health, side by side. @returns why not, by name, for those that are not healthy */
async function askAll(
  containers: readonly ContainerSpec[],
  host: Host,
  { probe, signal }: Pick<ObserveOptions, 'probe' | 'signal'>,
): Promise<ReadonlyMap<string, string>> {
  const unhealthy = new Map<string, string>();
  if (probe === undefined) return unhealthy;
  const asks = containers.map(async ({ name, healthCheck }) => {
    if (healthCheck === undefined) return;
    const why = await withDeadline({ milliseconds: healthMilliseconds, signal }, (limited) =>
      askHealth(host, healthCheck, probe, { signal: limited }),
    );
    if (why !== undefined) unhealthy.set(name, why);
  });
  await Promise.all(asks);
  signal.throwIfAborted();
  return unhealthy;
}
