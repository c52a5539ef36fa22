import type { ContainerSpec, ClusterPlan, KubeObject } from '../../src/plan/cluster-plan-types.js';
import { cordonedByUs } from '../../src/reconcile/diff/cordoned.js';
import type { ObservedCluster, ObservedHost } from '../../src/reconcile/observed.js';
import type { ContainerCheck } from '../../src/reconcile/kinds/wait-kinds.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { observedContainer, observedEmpty, observedFrom } from './cluster.js';

/** A container on a host of the model: its definition, and the condition of the program in it. */
interface Running {
  spec: ContainerSpec;
  state: 'up' | 'stopped';
  /** The fault that its host causes, whatever its definition; a hang ends with the next interruption. */
  fault: 'loops' | 'hangs' | undefined;
}

export const badArgument = '--bad';

type Key = `${string}@${string}`;
const keyOf = (container: string, host: string): Key => `${container}@${host}`;

/**
 * Hosts with their containers as far as planes depend on each other: etcd works with a majority, an API server with etcd, the
 * rest with the API. It performs operations in two steps, begin and end, between which the container is down, and records
 * each time that too much is down.
 */
export class PlaneModel {
  readonly containers = new Map<Key, Running>();
  /** Actions of a run that must never happen. */
  readonly violations: string[] = [];
  /** Nodes that are cordoned, by the address of their host, and by whom. */
  readonly cordoned = new Map<string, 'us' | 'a person'>();
  /** Nodes without pods that a drain evicts. */
  readonly #drained = new Set<string>();
  readonly #down = new Set<Key>();
  #plan: ClusterPlan;
  #isEtcdTogether = false;

  constructor(plan: ClusterPlan) {
    this.#plan = plan;
  }

  /** Sets every container of a plan to running. */
  fill(plan: ClusterPlan): void {
    for (const { node, containers } of plan.nodes)
      for (const spec of containers)
        this.containers.set(keyOf(spec.name, node.address), { spec, state: 'up', fault: undefined });
  }

  /** The plan of the next run. @param isEtcdTogether etcd members read a certificate that has expired */
  aim(plan: ClusterPlan, isEtcdTogether = false): void {
    this.#plan = plan;
    this.#isEtcdTogether = isEtcdTogether;
  }

  observe(): ObservedCluster {
    const full = observedFrom(this.#plan);
    const empty = observedEmpty(this.#plan);
    const hosts = [...full.hosts].map(([address, host]): [string, ObservedHost] => {
      const names = this.#namesOn(address);
      if (names.length === 0) return [address, empty.hosts.get(address) ?? host];
      const unhealthy = new Map<string, string>();
      const containers = names.map((name) => {
        const one = this.#get(name, address);
        if (one.state === 'up' && !this.isHealthy(name, address)) unhealthy.set(name, 'not healthy');
        return [name, this.#observed(one)] as const;
      });
      return [address, { ...host, containers: new Map(containers), unhealthy, clock: 1_800_000_000 }];
    });
    const nodes = [...(full.kube?.nodes ?? [])].flatMap(([address, node]): [string, KubeObject][] =>
      this.containers.has(keyOf('kubelet', address)) ? [[address, this.#node(address, node)]] : [],
    );
    const isUp = this.#hosts('kube-apiserver').some((host) => this.isHealthy('kube-apiserver', host));
    return {
      hosts: new Map(hosts),
      kube: isUp && full.kube !== undefined ? { ...full.kube, nodes: new Map(nodes) } : undefined,
    };
  }

  #node(address: string, { status, ...rest }: KubeObject): KubeObject {
    const isReady = this.isReady(address);
    const node = { ...rest, status: isReady ? status : { conditions: [{ type: 'Ready', status: 'False' }] } };
    const by = this.cordoned.get(address);
    if (by === undefined) return node;
    const annotations = { ...node.metadata.annotations, ...(by === 'us' ? { [cordonedByUs]: 'true' } : {}) };
    return { ...node, metadata: { ...node.metadata, annotations }, spec: { unschedulable: true } };
  }

  #observed({ spec, state, fault }: Running): ReturnType<typeof observedContainer> {
    const loops = fault === 'loops' || isBad(spec);
    const start = new Date(1_700_000_000_000).toISOString();
    return {
      ...observedContainer(spec),
      running: spec.started && state === 'up',
      ...(loops && state === 'up' ? { restarting: true, restartCount: 9 } : {}),
      startedAt: start,
    };
  }

  /** True if the program runs and has no fault itself. */
  isOk(name: string, host: string): boolean {
    const one = this.containers.get(keyOf(name, host));
    const isUp = one?.state === 'up' && !this.#down.has(keyOf(name, host));
    return isUp && one.fault === undefined && !isBad(one.spec);
  }

  isHealthy(name: string, host: string): boolean {
    if (!this.isOk(name, host)) return false;
    if (name === 'etcd') return this.#hasQuorum();
    if (name === 'kube-apiserver') return this.#hasQuorum();
    const needsOwnApi = name === 'kube-controller-manager' || name === 'kube-scheduler';
    return !needsOwnApi || this.isHealthy('kube-apiserver', host);
  }

  /** A check without a URL only requires that the container stays up, or listens. */
  passes({ host, container, check, port, steadySeconds }: ContainerCheck): boolean {
    const isUp = check === undefined && (port !== undefined || steadySeconds !== undefined);
    return isUp ? this.isOk(container, host) : this.isHealthy(container, host);
  }

  isReady(host: string): boolean {
    return (
      this.isOk('kubelet', host) &&
      this.#hosts('kube-apiserver').some((api) => this.isHealthy('kube-apiserver', api))
    );
  }

  #hasQuorum(): boolean {
    const members = this.#planned('etcd');
    return members.filter((host) => this.isOk('etcd', host)).length >= majorityOf(members.length);
  }

  /** @returns the function that ends the operation; undefined if it changes no container */
  begin(operation: Operation): ((hasFailed: boolean) => void) | undefined {
    const { host = '' } = operation;
    if (operation.kind === 'create-container' || operation.kind === 'replace-container')
      return this.#change(operation.container.name, host, operation.container);
    if (operation.kind === 'restart-container' || operation.kind === 'start-container')
      return this.#change(operation.name, host, this.containers.get(keyOf(operation.name, host))?.spec);
    if (operation.kind === 'cordon-node')
      return this.#ofNode(() => {
        if (!this.cordoned.has(host)) this.cordoned.set(host, 'us');
      });
    if (operation.kind === 'drain-node')
      return this.#ofNode(() => {
        if (!this.cordoned.has(host)) this.violations.push(`${host}: drained, and not cordoned`);
        this.#drained.add(host);
      });
    if (operation.kind === 'uncordon-node')
      return this.#ofNode(() => {
        if (this.cordoned.get(host) !== 'us') return;
        if (!this.isReady(host)) this.violations.push(`${host}: uncordoned, and not Ready`);
        this.cordoned.delete(host);
        this.#drained.delete(host);
      });
    return undefined;
  }

  #ofNode(act: () => void): (hasFailed: boolean) => void {
    return (hasFailed) => {
      if (!hasFailed) act();
    };
  }

  #change(name: string, host: string, spec: ContainerSpec | undefined): (hasFailed: boolean) => void {
    const key = keyOf(name, host);
    const before = this.containers.get(key);
    this.#judge(name, host, spec);
    if (name === 'kubelet' && before !== undefined && spec !== before.spec) this.#judgePods(host);
    this.#down.add(key);
    return (hasFailed) => {
      this.#down.delete(key);
      if (spec === undefined) return;
      if (hasFailed) {
        if (before !== undefined) this.containers.set(key, { ...before, state: 'stopped' });
        return;
      }
      const fault = before?.fault === 'loops' ? 'loops' : undefined;
      this.containers.set(key, { spec, state: 'up', fault });
    };
  }

  /** Checks what must be true when a container is interrupted. */
  #judge(name: string, host: string, spec: ContainerSpec | undefined): void {
    const say = (what: string): void => void this.violations.push(`${name}@${host}: ${what}`);
    const works = this.isOk(name, host);
    if (name === 'etcd' && works && !this.#isEtcdTogether) {
      const others = this.#planned('etcd').filter((other) => other !== host);
      const ok = others.filter((other) => this.isOk('etcd', other)).length;
      const hadQuorum = this.#hasQuorum();
      const need = Math.min(majorityOf(others.length + 1), others.length);
      if (hadQuorum && ok < need) say(`interrupted with ${ok} of ${others.length} others, ${need} needed`);
    }
    if (name === 'kube-apiserver' && this.isHealthy(name, host)) {
      const others = this.#planned('kube-apiserver').filter((other) => other !== host);
      const ok = others.filter((other) => this.isHealthy('kube-apiserver', other)).length;
      const need = Math.min(
        majorityOf(others.length + 1) - (this.#places('controlplane') - 1),
        others.length,
      );
      if (ok < need) say(`interrupted with ${ok} of ${others.length} others, ${need} needed`);
    }
    if (name === 'kubelet' && works) {
      const group = this.#groupOf(host);
      const broken = this.#hosts('kubelet').filter(
        (other) => other !== host && this.#groupOf(other) === group && !this.isReady(other),
      );
      if (broken.length >= this.#places(group)) say(`interrupted while ${broken.join(', ')} not Ready`);
    }
    const image = spec?.image ?? '';
    if (name === 'kubelet' || name === 'kube-proxy') {
      const old = this.#hosts('kube-apiserver').filter(
        (api) => this.#get('kube-apiserver', api).spec.image < image,
      );
      if (old.length > 0) say(`${image} while the API server of ${old.join(', ')} is older`);
    }
    if (name === 'kube-controller-manager' || name === 'kube-scheduler') {
      const api = this.containers.get(keyOf('kube-apiserver', host));
      if (api !== undefined && api.spec.image < image) say('newer than its API server');
    }
  }

  /** Checks what must be true when the kubelet of a Ready node is replaced. */
  #judgePods(host: string): void {
    if (!this.isReady(host)) return;
    if (!this.cordoned.has(host))
      this.violations.push(`kubelet@${host}: replaced, and its node not cordoned`);
    if (this.#plan.rolling?.drains === true && !this.#drained.has(host))
      this.violations.push(`kubelet@${host}: replaced, and its node not drained`);
  }

  /** Nodes are interrupted by groups, each with a limit of its own. */
  #groupOf(host: string): 'controlplane' | 'etcd' | 'worker' {
    if (this.#planned('kube-apiserver').includes(host)) return 'controlplane';
    return this.#planned('etcd').includes(host) ? 'etcd' : 'worker';
  }

  #places(group: 'controlplane' | 'etcd' | 'worker'): number {
    const { rolling } = this.#plan;
    if (group === 'etcd') return 1;
    return (group === 'worker' ? rolling?.workersAtOnce : rolling?.controlPlanesAtOnce) ?? 1;
  }

  #get(name: string, host: string): Running {
    const one = this.containers.get(keyOf(name, host));
    if (one === undefined) throw new Error(`no ${name} on ${host}`);
    return one;
  }

  #planned(name: string): string[] {
    return this.#plan.nodes
      .filter(({ containers }) => containers.some((container) => container.name === name))
      .map(({ node }) => node.address);
  }

  #hosts(name: string): string[] {
    return this.#planned(name).filter((host) => this.containers.has(keyOf(name, host)));
  }

  #namesOn(host: string): string[] {
    return [...this.containers.keys()]
      .filter((key) => key.endsWith(`@${host}`))
      .map((key) => key.slice(0, key.indexOf('@')));
  }
}

const majorityOf = (count: number): number => Math.floor(count / 2) + 1;
const isBad = ({ entrypoint }: ContainerSpec): boolean => entrypoint.includes(badArgument);
