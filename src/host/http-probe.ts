import { orAborted } from '../core/deadline.js';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import type { CallOptions, HostReader } from './host.js';

/** A certificate to present to a server that requires one. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A request that is made from a host. */
export interface HostRequest extends CallOptions {
  readonly client?: ClientCertificate | undefined;
  /** JSON; without it the request is a GET. */
  readonly body?: string | undefined;
  /** Limit for the body of the answer; 4096 characters by default. */
  readonly mostCharacters?: number;
}

/**
 * Requests a URL from the host itself, through its SSH connection: `localhost` is the host. The server's certificate is not
 * verified, the same as in RKE v1 (services/healthcheck.go): the channel ends on the host.
 *
 * @returns status and the beginning of the body
 * @throws if nothing answers
 */
export async function probeUrl(
  host: HostReader,
  url: string,
  { signal, ...request }: HostRequest,
): Promise<{ readonly status: number; readonly body: string }> {
  const target = new URL(url);
  // An IPv6 literal has brackets in a URL, and none when it is dialled.
  const hostname = target.hostname.replace(/^\[(.*)\]$/, '$1');
  const socket = await host.dial({ host: hostname, port: Number(target.port) }, { signal });
  try {
    return await orAborted(ask(target, socket, { signal, ...request }), signal);
  } finally {
    socket.destroy();
  }
}

function ask(
  url: URL,
  socket: Duplex,
  { signal, client, body: sent, mostCharacters = 4096 }: HostRequest,
): Promise<{ status: number; body: string }> {
  const isTls = url.protocol === 'https:';
  const stream = isTls ? tlsConnect({ socket, rejectUnauthorized: false, ...client }) : socket;
  const request = isTls ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    const outgoing = request(
      url,
      {
        createConnection: () => stream,
        signal,
        headers: { connection: 'close' },
        method: sent === undefined ? 'GET' : 'POST',
      },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        const done = (): void => resolve({ status: answer.statusCode ?? 0, body });
        answer.on('data', (chunk: string) => {
          body = (body + chunk).slice(0, mostCharacters);
          // The rest of the body does not matter.
          if (body.length === mostCharacters) done();
        });
        answer.once('error', reject);
        answer.once('end', done);
      },
    );
    outgoing.once('error', reject);
    outgoing.end(sent);
  });
}
