import { withDeadline } from '../core/deadline.js';
import type { KubeObject, NodeIdentity } from '../plan/cluster-plan-types.js';
import { createNodeFinder, type NodeFinder } from '../reconcile/diff/find-node.js';
import type { RunContext } from './run-context.js';
import { goodUntil } from './shared-list.js';

/** Nodes in one request: their names are part of its URL. */
const namesPerRequest = 100;

/** A request that takes longer has failed, and the next one may go to another API server. */
const batchMilliseconds = 30_000;

/** A value of a label, which is part of a selector. */
const labelValue = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

interface Batch {
  readonly names: Set<string>;
  readonly finder: Promise<NodeFinder>;
}

interface Seen {
  readonly node: KubeObject | undefined;
  readonly goodUntil: number;
}

/**
 * Finds nodes by the label kubernetes.io/hostname. While a request runs, the names that are asked for are collected; the next
 * request reads all of them.
 */
export class NodeBatches {
  readonly #context: Pick<RunContext, 'kube' | 'clock' | 'signal'>;
  readonly #seen = new Map<string, Seen>();
  #next: Batch | undefined;
  #running: Batch | undefined;
  #ended: Promise<unknown> = Promise.resolve();

  constructor(context: Pick<RunContext, 'kube' | 'clock' | 'signal'>) {
    this.#context = context;
  }

  /** The node as it is after the call; undefined if none has the label. */
  async find(identity: NodeIdentity): Promise<KubeObject | undefined> {
    this.#next ??= this.#startNext();
    const { names, finder } = this.#next;
    // Kubelets write it in lower case; RKE compares it in whatever case.
    for (const name of [identity.hostname, identity.hostname.toLowerCase()]) names.add(name);
    return (await finder)(identity);
  }

  /** The node as it was a moment ago, if it was looked for then, or as the running request reads it. */
  async glance(identity: NodeIdentity): Promise<KubeObject | undefined> {
    const seen = this.#seen.get(identity.hostname);
    if (seen !== undefined && this.#context.clock.now() < seen.goodUntil) return seen.node;
    const running = this.#running;
    return running?.names.has(identity.hostname) === true
      ? (await running.finder)(identity)
      : this.find(identity);
  }

  /** Prepares the batch that is read when the running one has ended. */
  #startNext(): Batch {
    const names = new Set<string>();
    const finder = this.#ended.then(() => {
      this.#running = this.#next;
      this.#next = undefined;
      return this.#read([...names]);
    });
    this.#ended = finder.catch(() => undefined).finally(() => (this.#running = undefined));
    return { names, finder };
  }

  async #read(names: readonly string[]): Promise<NodeFinder> {
    const { kube, clock, signal } = this.#context;
    const started = clock.now();
    const asked = names.filter((name) => labelValue.test(name));
    const nodes: KubeObject[] = [];
    for (let start = 0; start < asked.length; start += namesPerRequest) {
      const some = asked.slice(start, start + namesPerRequest).join(',');
      const ref = { apiVersion: 'v1', kind: 'Node', labelSelector: `kubernetes.io/hostname in (${some})` };
      nodes.push(
        ...(await withDeadline({ milliseconds: batchMilliseconds, signal }, (limit) =>
          kube.list(ref, { signal: limit }),
        )),
      );
    }
    const finder = createNodeFinder(nodes);
    const until = goodUntil(started, clock.now());
    for (const hostname of names) this.#seen.set(hostname, { node: finder({ hostname }), goodUntil: until });
    return finder;
  }
}
