import { Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** Docker's largest answers are archives of small files and lists of containers, which are kept as a whole. */
const mostBytes = 64 * 1024 * 1024;

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
      // The records of a pull are not kept.
      if (!request.path.includes('/images/create?')) bound(answer);
      answer.once('close', () => {
        if (!answer.complete) request.emit('error', answer.errored ?? new Error('the answer broke off'));
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

/** Breaks off an answer that is longer than what anyone can want. */
function bound(answer: IncomingMessage): void {
  let bytes = 0;
  const push = answer.push.bind(answer);
  answer.push = (chunk: unknown) => {
    if (chunk instanceof Buffer) bytes += chunk.length;
    if (bytes > mostBytes) answer.destroy(new Error(`the answer is longer than ${mostBytes / 2 ** 20} MiB`));
    return push(chunk);
  };
}
