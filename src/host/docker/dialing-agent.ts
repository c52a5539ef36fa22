import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/** An agent whose connections are made by `dial`; they return to its pool like any other. */
export class DialingAgent extends Agent {
  readonly #dial: () => Promise<Duplex>;

  constructor(dial: () => Promise<Duplex>) {
    super({ keepAlive: true });
    this.#dial = dial;
  }

  override createConnection(
    _options: unknown,
    done: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    this.#dial().then(
      (socket) => done(null, socket),
      (error: unknown) => done(error as Error, undefined as never),
    );
  }
}
