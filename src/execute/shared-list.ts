import { orAborted, withDeadline } from '../core/deadline.js';
import type { ListRef } from '../kube/kube.js';
import type { KubeObject } from '../plan/cluster-plan-types.js';
import type { RunContext } from './run-context.js';

/** Shortest time for which what was read is good enough for a look that is repeated. */
const leastGap = 150;

/** Looks take a fifth of the time at most, however long one takes. */
const gapsPerRead = 4;

/** A list that takes longer is started again. 1,000 nodes are two pages, and every page has its own limit. */
const listMilliseconds = 120_000;

/** @returns until when the result of a read is good enough for a look that is repeated */
export function goodUntil(started: number, ended: number): number {
  return ended + Math.max(leastGap, gapsPerRead * (ended - started));
}

/** A list of which all callers share one request at a time, and its result for a moment. */
export class SharedList<Value> {
  readonly #ref: ListRef;
  readonly #context: Pick<RunContext, 'kube' | 'clock' | 'signal'>;
  readonly #convert: (objects: readonly KubeObject[]) => Value;
  #running: Promise<Value> | undefined;
  #last: { readonly value: Value; readonly goodUntil: number } | undefined;

  /** @param convert makes what callers get, once for each list */
  constructor(
    ref: ListRef,
    context: Pick<RunContext, 'kube' | 'clock' | 'signal'>,
    convert: (objects: readonly KubeObject[]) => Value,
  ) {
    this.#ref = ref;
    this.#context = context;
    this.#convert = convert;
  }

  /** @throws the signal's reason when it is aborted, which does not affect other callers */
  async read(signal: AbortSignal): Promise<Value> {
    if (this.#last !== undefined && this.#context.clock.now() < this.#last.goodUntil) return this.#last.value;
    this.#running ??= this.#list().finally(() => (this.#running = undefined));
    return orAborted(this.#running, signal);
  }

  async #list(): Promise<Value> {
    const { kube, clock, signal } = this.#context;
    const started = clock.now();
    const objects = await withDeadline({ milliseconds: listMilliseconds, signal }, (limit) =>
      kube.list(this.#ref, { signal: limit }),
    );
    const value = this.#convert(objects);
    this.#last = { value, goodUntil: goodUntil(started, clock.now()) };
    return value;
  }
}
