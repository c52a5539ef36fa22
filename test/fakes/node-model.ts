import type { ClusterPlan, NodePlan } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster, ObservedHost } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { observedContainer, observedEmpty, observedFrom } from './cluster.js';

/** A node object, with the number of pods that a drain must evict. */
interface NodeObject {
  isCordoned: boolean;
  pods: number;
}

/**
 * Hosts that join and leave a cluster: their containers, node objects and pods, and whether anything of the cluster is left on them.
 * Records what must never be true.
 */
export class NodeModel {
  readonly containers = new Map<string, Set<string>>();
  readonly objects = new Map<string, NodeObject>();
  /** Hosts with files of the cluster. */
  readonly dirty = new Set<string>();
  readonly violations: string[] = [];
  readonly #leaving: ReadonlySet<string>;

  constructor(nodes: readonly NodePlan[], leaving: ReadonlySet<string>, podsPerNode: number) {
    this.#leaving = leaving;
    for (const { node, containers } of nodes) {
      this.containers.set(node.address, new Set(containers.map(({ name }) => name)));
      this.objects.set(node.address, { isCordoned: false, pods: podsPerNode });
      this.dirty.add(node.address);
    }
  }

  get pods(): number {
    return [...this.objects.values()].reduce((sum, { pods }) => sum + pods, 0);
  }

  observe(plan: ClusterPlan): ObservedCluster {
    const all = { ...plan, nodes: [...plan.nodes, ...(plan.leaving ?? [])] };
    const full = observedFrom(all);
    const empty = observedEmpty(all);
    const hosts = [...full.hosts].map(([address, host]): [string, ObservedHost] => {
      const names = this.containers.get(address) ?? new Set();
      const isPlanned = plan.nodes.some(({ node }) => node.address === address);
      const fresh = empty.hosts.get(address) ?? host;
      if (!this.dirty.has(address)) return [address, fresh];
      const planned = plan.nodes.find(({ node }) => node.address === address)?.containers ?? [];
      const found = planned.flatMap((spec) =>
        names.has(spec.name) ? [[spec.name, observedContainer(spec)] as const] : [],
      );
      return [address, { ...host, containers: new Map(found), leftovers: isPlanned ? [] : [...names] }];
    });
    const nodes = [...(full.kube?.nodes ?? [])].flatMap(([name, node]) => {
      const object = this.objects.get(name);
      return object === undefined
        ? []
        : [[name, { ...node, spec: { unschedulable: object.isCordoned } }] as const];
    });
    return {
      hosts: new Map(hosts),
      kube: full.kube && { ...full.kube, nodes: new Map(nodes) },
    };
  }

  /** Performs an operation completely. @throws Error if what it waits for is not so */
  perform(operation: Operation): void {
    const { host = '', kind } = operation;
    const object = this.objects.get(host);
    if (kind === 'put-files') this.dirty.add(host);
    else if (kind === 'create-container') this.#create(host, operation.container.name);
    else if (kind === 'remove-container') this.#remove(host, operation.name);
    else if (kind === 'await-node-ready' && object === undefined) throw new Error('no node');
    else if (kind === 'cordon-node' && object !== undefined) object.isCordoned = true;
    else if (kind === 'drain-node') this.#drain(host);
    else if (kind === 'delete-node') this.#delete(host);
    else if (kind === 'clean-host') this.#clean(host);
  }

  #create(host: string, name: string): void {
    if (this.#leaving.has(host)) this.violations.push(`${name} is created on ${host}, which leaves`);
    this.containers.set(host, new Set([...(this.containers.get(host) ?? []), name]));
    if (name === 'kubelet' && !this.objects.has(host)) this.objects.set(host, { isCordoned: false, pods: 0 });
  }

  #remove(host: string, name: string): void {
    if (!this.#leaving.has(host)) this.violations.push(`${name} is removed from ${host}, which stays`);
    if (name === 'kubelet' && (this.objects.get(host)?.pods ?? 0) > 0)
      this.violations.push(`pods of ${host} are lost`);
    this.containers.get(host)?.delete(name);
  }

  #drain(host: string): void {
    const object = this.objects.get(host);
    if (object === undefined) return;
    // The scheduler may choose any node; a bad choice comes first.
    const free = [...this.objects].filter(([other, { isCordoned }]) => other !== host && !isCordoned);
    const target = free.find(([other]) => this.#leaving.has(other)) ?? free[0];
    if (target === undefined) throw new Error('no node has room');
    if (this.#leaving.has(target[0]))
      this.violations.push(`pods move from ${host} to ${target[0]}, which leaves`);
    target[1].pods += object.pods;
    object.pods = 0;
  }

  #delete(host: string): void {
    if (!this.#leaving.has(host)) this.violations.push(`${host} is deleted, which stays`);
    if (this.containers.get(host)?.has('kubelet') === true)
      this.violations.push(`${host} is deleted while its kubelet runs`);
    this.objects.delete(host);
  }

  #clean(host: string): void {
    if ((this.containers.get(host)?.size ?? 0) > 0)
      this.violations.push(`${host} is cleaned while something runs`);
    if (!this.#leaving.has(host)) this.violations.push(`${host} is cleaned, which stays`);
    this.dirty.delete(host);
  }
}
