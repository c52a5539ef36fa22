import { Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';

/** Limit for an answer, which is kept as a whole; the largest are archives of small files and lists of containers. */
const mostBytes = 64 * 1024 * 1024;

/** Called by Node for each request; not in its types. */
interface RequestTaker {
  addRequest(request: ClientRequest, options: object): void;
}

const base = Agent.prototype as Agent & RequestTaker;

/** An agent whose connections are made by `dial`; they return to its pool like any other. */
export class DialingAgent extends Agent implements RequestTaker {
  readonly #dial: () => Promise<Duplex>;

  constructor(dial: () => Promise<Duplex>) {
    super({ keepAlive: true });
    this.#dial = dial;
  }

  /** docker-modem inspects the options of every request at any depth, also without debug output: sockets and all they refer to. */
  [inspect.custom](): string {
    return 'DialingAgent';
  }

  /** Reports an incomplete answer to the request: docker-modem listens only there, and would wait for ever. */
  addRequest(request: ClientRequest, options: object): void {
    request.once('response', (answer: IncomingMessage) => {
      if (!isStreamed(request.path)) bound(answer);
      answer.once('close', () => {
        if (!answer.complete) request.emit('error', answer.errored ?? new Error('the answer is incomplete'));
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

/** True for answers that are not kept: the records of a pull, and logs that are passed on (stream-logs.ts). */
const isStreamed = (path: string): boolean =>
  /\/images\/create\?|\/logs\?(?:.*&)?follow=[01](?:&|$)/.test(path);

/** Ends an answer that is longer than the limit. */
function bound(answer: IncomingMessage): void {
  let bytes = 0;
  const push = answer.push.bind(answer);
  answer.push = (chunk: unknown) => {
    if (chunk instanceof Buffer) bytes += chunk.length;
    if (bytes > mostBytes) answer.destroy(new Error(`the answer is longer than ${mostBytes / 2 ** 20} MiB`));
    return push(chunk);
  };
}
