import { orAborted, withDeadline } from '../core/deadline.js';
import type { CallOptions } from '../host/host.js';
import type { ListRef } from '../kube/kube.js';
import type { KubeObject } from '../plan/cluster-plan-types.js';
import type { RunContext } from './run-context.js';

/** Nodes and their Leases for all operations that wait for a node: one list serves all of them. */
export interface NodeLister {
  /** All node objects, at most a moment old. */
  nodes(options: CallOptions): Promise<readonly KubeObject[]>;
  /** Leases by which kubelets show that they run, by the name of the node; none if the cluster has no such kind. */
  leases(options: CallOptions): Promise<ReadonlyMap<string, KubeObject>>;
}

/** What handlers that wait for a node work with. */
export interface NodeContext extends RunContext {
  readonly lister: NodeLister;
}

/** @param context its signal ends a list; a caller that no longer waits does not */
export function createNodeLister(context: Pick<RunContext, 'kube' | 'clock' | 'signal'>): NodeLister {
  const nodes = new SharedList({ apiVersion: 'v1', kind: 'Node' }, context);
  const leases = new SharedList(
    { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'kube-node-lease' },
    context,
  );
  return {
    nodes: ({ signal }) => nodes.read(signal),
    leases: async ({ signal }) =>
      new Map((await leases.read(signal)).map((lease) => [lease.metadata.name, lease])),
  };
}

/** Shortest time between two lists. A list that takes long is made less often: twice its own time passes before the next. */
const leastGap = 150;

/** A list that takes longer is started again. 1,000 nodes are two pages, and every page has its own limit. */
const listMilliseconds = 120_000;

class SharedList {
  readonly #ref: ListRef;
  readonly #context: Pick<RunContext, 'kube' | 'clock' | 'signal'>;
  #running: Promise<readonly KubeObject[]> | undefined;
  #last: { readonly objects: readonly KubeObject[]; readonly goodUntil: number } | undefined;

  constructor(ref: ListRef, context: Pick<RunContext, 'kube' | 'clock' | 'signal'>) {
    this.#ref = ref;
    this.#context = context;
  }

  async read(signal: AbortSignal): Promise<readonly KubeObject[]> {
    if (this.#last !== undefined && this.#context.clock.now() < this.#last.goodUntil)
      return this.#last.objects;
    this.#running ??= this.#list().finally(() => (this.#running = undefined));
    return orAborted(this.#running, signal);
  }

  async #list(): Promise<readonly KubeObject[]> {
    const { kube, clock, signal } = this.#context;
    const started = clock.now();
    const objects = await withDeadline({ milliseconds: listMilliseconds, signal }, (limit) =>
      kube.list(this.#ref, { signal: limit }),
    );
    const now = clock.now();
    this.#last = { objects, goodUntil: now + Math.max(leastGap, 2 * (now - started)) };
    return objects;
  }
}
