import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { S3Backup } from '../../src/config/cluster-spec.js';
import type { HostReader } from '../../src/host/host.js';
import { makePair } from '../kube/tls-pair.js';

export const s3Ca = makePair('s3-ca');
const pair = makePair('s3', { issuer: s3Ca, dnsNames: ['s3.example.com', '*.aliyuncs.example.com'] });

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An S3 service over real TLS, and a host that reaches it under every name. */
export class FakeS3Server implements AsyncDisposable {
  readonly seen: {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingMessage['headers'];
  }[] = [];
  readonly dialled: string[] = [];
  answer: Answer = (_, response) => void response.end(listing([]));
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer({ cert: pair.cert, key: pair.key }, (request, response) => {
    this.seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    this.answer(request, response);
  });

  async start(): Promise<void> {
    this.#server.on('connection', (socket: Socket) => this.#sockets.add(socket));
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  /** Only dials; whatever is dialled is this server. */
  get host(): HostReader {
    const dial = async (target: { readonly host: string; readonly port: number }): Promise<Duplex> => {
      this.dialled.push(`${target.host}:${target.port}`);
      const socket = connect((this.#server.address() as AddressInfo).port, '127.0.0.1');
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      return socket;
    };
    return { address: '10.0.0.1', dial } as unknown as HostReader;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const bucket: S3Backup = {
  endpoint: 's3.example.com',
  bucketName: 'backups',
  accessKey: 'AKIATEST',
  secretKey: 'the-secret',
  customCa: s3Ca.cert,
  folder: 'prod',
};

export function listing(keys: readonly string[], next?: string): string {
  const contents = keys.map(
    (key) =>
      `<Contents><Key>${key}</Key><LastModified>2026-11-26T12:00:00.000Z</LastModified><Size>7</Size></Contents>`,
  );
  const more = next === undefined ? 'false' : 'true';
  return (
    `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${more}</IsTruncated>` +
    `${contents.join('')}${next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`}</ListBucketResult>`
  );
}

export const s3Error =
  (status: number, code: string, more = ''): Answer =>
  (_, response) => {
    response.statusCode = status;
    response.end(
      `<?xml version="1.0"?><Error><Code>${code}</Code><Message>said ${code}</Message>${more}</Error>`,
    );
  };
