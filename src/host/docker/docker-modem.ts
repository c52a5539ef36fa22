import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http';
import { onAbort } from '../../core/deadline.js';
import { receiveAnswer, type Expected } from './docker-answer.js';

/** What dockerode gives its modem: a request, and which answers are good. */
export interface ModemRequest extends Expected {
  readonly method: string;
  /** Without the version of the API; ends with `?` if there is a query. */
  readonly path: string;
  /** The query, unless there is `_query`. */
  readonly options?: {
    readonly [name: string]: unknown;
    readonly _query?: Readonly<Record<string, unknown>>;
    /** Becomes JSON. */
    readonly _body?: object;
    readonly abortSignal?: AbortSignal;
  };
  readonly abortSignal?: AbortSignal | undefined;
  readonly authconfig?: object | undefined;
  /** A tar archive. */
  readonly file?: Buffer;
}

type Done = (error: Error | null, answer: unknown) => void;

/**
 * The HTTP of dockerode, in place of docker-modem: that parses and formats the URL of every request four times and prints all its
 * options, also without debug output, which takes longer than the call.
 */
export class DockerModem {
  /** First part of all paths, such as `v1.41`. Every daemon answers without it. */
  version: string | undefined;
  readonly #agent: Agent;

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  /** The same as `send`; called by dockerode. */
  dial(request: ModemRequest, done: Done): void {
    this.send(request).then(
      (answer) => done(null, answer),
      (error: unknown) => done(error as Error, null),
    );
  }

  /**
   * @returns a stream if that is wanted, otherwise JSON, or the bytes of an answer that is not JSON
   * @throws DaemonError; Error of the connection; the signal's reason when it is aborted
   */
  send(request: ModemRequest): Promise<unknown> {
    const { options = {} } = request;
    const signal = request.abortSignal ?? options.abortSignal;
    const version = this.version === undefined ? '' : `/${this.version}`;
    const body = request.file ?? (options._body && JSON.stringify(options._body));
    return new Promise((resolve, reject) => {
      const sent = httpRequest({
        agent: this.#agent,
        // For the Host header; the agent knows where to go.
        host: 'docker',
        method: request.method,
        path: `${version}${pathOf(request.path, options._query ?? options)}`,
        headers: { ...authHeaders(request.authconfig), ...contentHeaders(body) },
      });
      let answer: IncomingMessage | undefined;
      const abort = (): void => void (answer ?? sent).destroy(signal?.reason as Error);
      const forget = signal === undefined ? undefined : onAbort(signal, abort);
      sent.once('response', (response) => {
        answer = response;
        resolve(receiveAnswer(response, request));
      });
      sent.on('error', reject);
      // Also after a complete answer, when its connection may carry another request already.
      sent.once('close', () => forget?.());
      sent.end(body);
    });
  }
}

const notInQuery = new Set(['abortSignal', 'authconfig']);

/** @param path of dockerode, with names in it as they are */
function pathOf(path: string, query: Readonly<Record<string, unknown>>): string {
  // Parsing a URL takes longer than all else here, and few names need it.
  const plain = path.replace(/\?$/, '');
  const pathname = /^[\w/:.@-]*$/.test(plain) ? plain : new URL(path, 'http://docker').pathname;
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    path.endsWith('?') && value !== undefined && !notInQuery.has(name)
      ? `${name}=${encodeURIComponent(queryText(value))}`
      : [],
  );
  return pairs.length === 0 ? pathname : `${pathname}?${pairs.join('&')}`;
}

/** Docker's queries have maps, such as `filters`, as JSON. */
function queryText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function authHeaders(auth: object | undefined): Record<string, string> {
  if (auth === undefined) return {};
  const encoded = Buffer.from(JSON.stringify(auth)).toString('base64');
  return { 'x-registry-auth': encoded.replaceAll('+', '-').replaceAll('/', '_') };
}

function contentHeaders(body: string | Buffer | undefined): Record<string, string | number> {
  if (body === undefined) return {};
  const type = typeof body === 'string' ? 'application/json' : 'application/tar';
  return { 'content-type': type, 'content-length': Buffer.byteLength(body) };
}
