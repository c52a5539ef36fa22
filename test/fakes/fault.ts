import { setImmediate } from 'node:timers/promises';

/** What happens to the operation with this number: it fails, it hangs until the time of the run is over, or the run is killed. */
export interface Fault {
  readonly at: number;
  readonly how: 'fails' | 'hangs' | 'dies';
  /** Whether the operation has had its effect then. */
  readonly when: 'before' | 'after';
}

/** Every fault at every operation of a run. */
export function listFaults(operations: number): Fault[] {
  return Array.from({ length: operations }, (_, at) =>
    (['fails', 'hangs', 'dies'] as const).flatMap((how) =>
      (['before', 'after'] as const).map((when) => ({ at, how, when })),
    ),
  ).flat();
}

/** Nothing else of the run moves any more after so many turns of the event loop. */
const quietTurns = 30;

/** A run on a model, with a fault or without. */
export class FaultyRun {
  readonly #fault: Fault | undefined;
  readonly #stop = new AbortController();
  #begun = 0;

  constructor(fault?: Fault) {
    this.#fault = fault;
  }

  /** Aborted when the run is killed, or when its time is over. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Performs the next operation. */
  async perform(act: () => unknown): Promise<void> {
    this.signal.throwIfAborted();
    const fault = this.#fault?.at === this.#begun ? this.#fault : undefined;
    this.#begun += 1;
    if (fault?.when === 'before') await this.#strike(fault);
    await act();
    if (fault?.when === 'after') await this.#strike(fault);
  }

  async #strike({ how }: Fault): Promise<never> {
    if (how === 'hangs') await this.#untilQuiet();
    if (how !== 'fails')
      this.#stop.abort(new Error(how === 'dies' ? 'killed' : 'the time of the run is over'));
    this.signal.throwIfAborted();
    throw new Error('fault');
  }

  async #untilQuiet(): Promise<void> {
    let begun = -1;
    for (let turn = 0; turn < quietTurns; turn += 1) {
      if (begun !== this.#begun) turn = 0;
      begun = this.#begun;
      await setImmediate();
    }
  }
}
