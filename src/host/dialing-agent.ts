import { Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** What Node calls on an agent for each request; its types leave it out. */
interface RequestTaker {
  addRequest(request: ClientRequest, options: object): void;
}

const base = Agent.prototype as Agent & RequestTaker;

/** An agent whose connections are made by us; they go back to its pool like any other. */
export class DialingAgent extends Agent implements RequestTaker {
  readonly #dial: () => Promise<Duplex>;

  constructor(dial: () => Promise<Duplex>) {
    super({ keepAlive: true });
    this.#dial = dial;
  }

  /** Tells a request of an answer that breaks off: docker-modem listens there only, and would wait for ever. */
  addRequest(request: ClientRequest, options: object): void {
    request.once('response', (answer: IncomingMessage) => {
      answer.once('close', () => {
        if (!answer.complete) request.emit('error', new Error('the answer broke off'));
      });
    });
    base.addRequest.call(this, request, options);
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
