import { orAborted } from '../core/deadline.js';

/** Work that several callers wait for. It continues while any of them waits, and is aborted when none does. */
export class SharedWork<Value> {
  readonly #controller = new AbortController();
  readonly #work: Promise<Value>;
  #waiting = 0;
  #isOver = false;

  constructor(work: (signal: AbortSignal) => Promise<Value>) {
    this.#work = work(this.#controller.signal);
    const end = (): void => void (this.#isOver = true);
    this.#work.then(end, end);
  }

  /** True if nobody can join any more: it has ended or was aborted. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** @throws the signal's reason when it is aborted, which does not affect the others; the error of the work */
  async join(signal: AbortSignal): Promise<Value> {
    this.#waiting += 1;
    try {
      return await orAborted(this.#work, signal);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0 && !this.#isOver) {
        this.#isOver = true;
        this.#controller.abort(signal.reason);
      }
    }
  }
}
