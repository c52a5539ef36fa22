import { request as httpRequest } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import { orAborted } from '../core/deadline.js';
import type { CallOptions, HostReader } from '../host/host.js';

export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly host: string;
  readonly port: number;
  /** Path with query, encoded. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `custom` trusts only that CA, the same as rke-tools; `none` is plain HTTP. */
  readonly tls: { readonly customCa?: string | undefined } | 'none';
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A page of a listing has 1000 objects, of about 500 bytes each. */
const mostBytes = 4 * 2 ** 20;

/**
 * Sends a request without a body from a host.
 *
 * @throws what the connection reports; the signal's reason when it is aborted
 */
export async function sendRequest(
  from: HostReader,
  request: HttpRequest,
  { signal }: CallOptions,
): Promise<HttpAnswer> {
  const { host, port, tls } = request;
  const channel = await from.dial({ host, port }, { signal });
  try {
    const socket =
      tls === 'none' ? channel : await orAborted(startTls(channel, { host, customCa: tls.customCa }), signal);
    return await orAborted(exchange(socket, request), signal);
  } finally {
    channel.destroy();
  }
}

function startTls(
  socket: Duplex,
  { host, customCa }: { readonly host: string; readonly customCa: string | undefined },
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const secure = tlsConnect({
      socket,
      // The name that the certificate must have; SNI has no addresses.
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ALPNProtocols: ['http/1.1'],
      allowPartialTrustChain: true,
      ...(customCa === undefined || customCa === '' ? {} : { ca: [customCa] }),
    });
    secure.once('error', reject);
    secure.once('secureConnect', () => resolve(secure));
    secure.once('close', () => reject(new Error('connection closed during the TLS handshake')));
  });
}

function exchange(
  socket: Duplex,
  { method, target, headers }: Pick<HttpRequest, 'method' | 'target' | 'headers'>,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    const outgoing = httpRequest(
      { createConnection: () => socket, method, path: target, headers: { ...headers, connection: 'close' } },
      (answer) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > mostBytes) answer.destroy(new Error(`the answer is larger than ${mostBytes} bytes`));
          else chunks.push(chunk);
        });
        answer.once('error', reject);
        answer.once('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    outgoing.once('error', reject);
    outgoing.end();
  });
}
