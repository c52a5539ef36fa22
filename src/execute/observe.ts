import { withDeadline } from '../core/deadline.js';
import { RkeError } from '../core/errors.js';
import type {
  CallOptions,
  ContainerSummary,
  DockerFacts,
  DockerReader,
  HostReader,
  ObservedContainer,
} from '../host/host.js';
import type { EtcdReader } from '../etcd/etcd.js';
import type { KubeReader } from '../kube/kube.js';
import type { ClusterPlan, ContainerSpec, NodePlan } from '../plan/cluster-plan-types.js';
import type { ObservedCluster, ObservedHost } from '../reconcile/observed.js';
import { isOwnContainer, isRkeName } from '../reconcile/diff/own-containers.js';
import { listeningPorts } from '../reconcile/checks/port-conflicts.js';
import { listWithEndCommand, parseListed } from '../reconcile/snapshots/snapshot-files.js';
import { fanOut } from './fan-out.js';
import { observeEtcd } from './observe-etcd.js';
import { observeFiles } from './observe-files.js';
import { observeImages, type KnownImages } from './observe-images.js';
import { askHealth, clockCommand, parseClock } from './container-health.js';
import { observeKube, type KubeObservation } from './observe-kube.js';
import type { Clock, Probe, UnpackFiles } from './run-context.js';

export interface ObserveOptions extends CallOptions {
  readonly hosts: ReadonlyMap<string, HostReader>;
  readonly facts: ReadonlyMap<string, DockerFacts>;
  /** undefined for a run that must not ask the API. */
  readonly kube: KubeReader | undefined;
  /** undefined for a run that does not compare the membership of etcd. */
  readonly etcd?: EtcdReader | undefined;
  readonly clock: Clock;
  readonly concurrency: number;
  readonly unpackFiles: UnpackFiles;
  /** Asks the planned containers that run for their health; without it none is asked. */
  readonly probe?: Probe | undefined;
}

/**
 * Reads the hosts and the cluster. No container is run and no file is written, so that a run without changes leaves no
 * trace.
 *
 * @returns with the hosts of which something could not be read in `unread`: nothing is concluded about them
 * @throws the signal's reason when it is aborted
 */
export async function observe(plan: ClusterPlan, options: ObserveOptions): Promise<ObservedCluster> {
  const { hosts, facts, signal, concurrency } = options;
  const known: KnownImages = new Map();
  const reached = [...plan.nodes, ...(plan.leaving ?? [])].flatMap((node) => {
    const host = hosts.get(node.node.address);
    const ofHost = facts.get(node.node.address);
    return host === undefined || ofHost === undefined ? [] : [{ node, host, facts: ofHost }];
  });
  const [kube, membership, found] = await Promise.all([
    askKube(plan, options),
    observeEtcd(plan, options),
    fanOut(reached, { limit: concurrency, signal }, async ({ node, host, facts: ofHost }) => ({
      address: node.node.address,
      observed: await observeHost(node, host, ofHost, { ...options, known }),
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
  const observed = { hosts: new Map(entries), unread, ...membership, kube: kube?.kube };
  // A cluster that is not created yet has no API to miss.
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
  host: HostReader,
  facts: DockerFacts,
  options: ObserveOptions & { readonly known: KnownImages },
): Promise<ObservedHost> {
  const { docker } = host;
  // Every step is a round trip, so nothing waits for what it does not need. The adapter bounds the calls per host.
  const listed = docker.list(options);
  const running = listed.then((list) => new Set(list.flatMap((one) => (one.running ? [one.name] : []))));
  const found = inspectContainers(node, docker, { listed, ...options });
  const [{ containers, leftovers, foreign }, images, unhealthy, tables, files] = await Promise.all([
    found,
    observeImages(node, docker, { ...options, listed, facts }),
    running.then((names) =>
      askAll(
        node.containers.filter(({ name, started }) => started && names.has(name)),
        host,
        options,
      ),
    ),
    host.read(readingsCommand(node), options),
    found.then(({ containers: own, leftovers: others }) =>
      observeFiles([...own.values(), ...others], docker, options),
    ),
  ]);
  const clock = parseClock(tables.stdout);
  const snapshots = parseListed(tables.stdout);
  return {
    facts,
    containers,
    images,
    leftovers: namesOf(leftovers),
    runningLeftovers: new Set(namesOf(leftovers.filter((one) => one.running))),
    foreign: foreign.toSorted(byName),
    listening: listeningPorts(tables.stdout),
    unhealthy,
    ...(clock === undefined ? {} : { clock }),
    ...(snapshots === undefined ? {} : { snapshots }),
    files,
  };
}

/** One command for what is read by the shell: the clock, listening ports, and the snapshots of an etcd host. */
function readingsCommand({ snapshot }: NodePlan): string {
  const readings = `${clockCommand}; cat /proc/net/tcp /proc/net/tcp6`;
  return snapshot === undefined ? readings : `${readings}; ${listWithEndCommand()}`;
}

interface Listed extends CallOptions {
  /** The containers of the host. */
  readonly listed: Promise<readonly ContainerSummary[]>;
}

interface FoundContainers {
  /** Those that are planned. */
  readonly containers: ReadonlyMap<string, ObservedContainer>;
  readonly leftovers: readonly ObservedContainer[];
  readonly foreign: readonly ObservedContainer[];
}

/** Inspects the planned containers, and others with names that RKE uses. */
async function inspectContainers(
  node: NodePlan,
  docker: DockerReader,
  { listed, ...options }: Listed,
): Promise<FoundContainers> {
  const planned = new Set(node.containers.map(({ name }) => name));
  const known = [...node.images, ...node.containers.map(({ image }) => image)];
  const inspected = new Map<string, ObservedContainer>();
  const inspect = async (name: string): Promise<void> => {
    const found = await docker.inspect(name, options);
    if (found !== undefined) inspected.set(name, found);
  };
  const others = listed.then((list) => list.filter(({ name }) => !planned.has(name) && isRkeName(name)));
  const [list] = await Promise.all([
    listed,
    others.then((rows) => Promise.all(rows.map(({ name }) => inspect(name)))),
    ...[...planned].map(inspect),
  ]);
  const containers = new Map<string, ObservedContainer>();
  const leftovers: ObservedContainer[] = [];
  const foreign: ObservedContainer[] = [];
  for (const { name, labels } of list) {
    const found = inspected.get(name);
    if (found === undefined) continue;
    // The list has the id of an image whose tag has moved.
    if (!isOwnContainer({ name, labels, image: found.image }, known)) foreign.push(found);
    else if (planned.has(name)) containers.set(name, found);
    else leftovers.push(found);
  }
  return { containers, leftovers, foreign };
}

const byName = (a: ObservedContainer, b: ObservedContainer): number => (a.name < b.name ? -1 : 1);
const namesOf = (containers: readonly ObservedContainer[]): string[] =>
  containers.toSorted(byName).map(({ name }) => name);

/** A healthy component answers at once; one that hangs must not delay the plan for long. */
const healthMilliseconds = 10_000;

/** Asks containers for their health, side by side. @returns why not, by name, for those that are not healthy */
async function askAll(
  containers: readonly ContainerSpec[],
  host: HostReader,
  { probe, signal }: Pick<ObserveOptions, 'probe' | 'signal'>,
): Promise<ReadonlyMap<string, string>> {
  const unhealthy = new Map<string, string>();
  if (probe === undefined) return unhealthy;
  const asks = containers.map(async ({ name, healthCheck }) => {
    if (healthCheck === undefined) return;
    const sick = await withDeadline({ milliseconds: healthMilliseconds, signal }, (limited) =>
      askHealth(host, healthCheck, probe, { signal: limited }),
    );
    if (sick !== undefined) unhealthy.set(name, sick.why);
  });
  await Promise.all(asks);
  signal.throwIfAborted();
  return unhealthy;
}
