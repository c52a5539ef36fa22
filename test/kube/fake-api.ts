import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { kubeError, sshError } from '../../src/core/errors.js';
import type { CallOptions, DockerApi, Host } from '../../src/host/host.js';
import { makePair, type TestPair } from './tls-pair.js';

const ca = makePair('kube-ca');
const server = makePair('kube-apiserver', { issuer: ca, dnsNames: ['kubernetes', 'localhost'] });
const admin = makePair('kube-admin', { issuer: ca });

export const adminCertificates = { ca: ca.cert, cert: admin.cert, key: admin.key };
export const foreignServer: TestPair = makePair('kube-apiserver', {
  issuer: makePair('another-ca'),
  dnsNames: ['kubernetes'],
});

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: unknown;
  readonly clientName: string | undefined;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const resources = {
  '/api/v1': [
    { name: 'nodes', kind: 'Node', namespaced: false },
    { name: 'nodes/status', kind: 'Node', namespaced: false },
    { name: 'pods', kind: 'Pod', namespaced: true },
    { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
    { name: 'secrets', kind: 'Secret', namespaced: true },
  ],
  '/apis/apps/v1': [
    { name: 'deployments', kind: 'Deployment', namespaced: true },
    { name: 'deployments/scale', kind: 'Scale', namespaced: true },
  ],
};

/** A kube-apiserver over real TLS, and a host that reaches it. `answer` responds to everything but discovery. */
export class FakeApi implements AsyncDisposable {
  readonly seen: SeenRequest[] = [];
  discoveries = 0;
  /** How long every response takes. */
  delayMilliseconds = 0;
  /** True if it accepts requests and sends nothing; `half` if it only begins a response. */
  isSilent: boolean | 'half' = false;
  dials = 0;
  answer: (request: SeenRequest) => FakeAnswer | undefined = () => ({
    status: 404,
    body: status(404, 'not found'),
  });
  /** The response to discovery, if it differs from `resources`. */
  discovery: string | undefined;
  /** How the host reaches the server: directly, not at all, or with a connection attempt that never ends. */
  dialling: 'works' | 'refused' | 'hangs' = 'works';
  readonly address: string;
  readonly #server: Server;

  constructor(address: string, pair: TestPair = server) {
    this.address = address;
    this.#server = createServer({ ...pair, ca: ca.cert, requestCert: true }, (request, response) => {
      void this.#read(request).then(async (seen) => {
        if (this.delayMilliseconds > 0) await sleep(this.delayMilliseconds);
        if (this.isSilent === 'half') response.write('{"kind":');
        if (this.isSilent !== false) return;
        const { status: code = 200, body, headers } = this.#respond(seen) ?? {};
        if (body === undefined) return;
        response.writeHead(code, { 'content-type': 'application/json', ...headers });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      });
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get host(): Host {
    const dial: Host['dial'] = (target, options) => this.#dial(target, options);
    return {
      address: this.address,
      docker: {} as DockerApi,
      read: () => Promise.reject(new Error('not asked for')),
      exec: () => Promise.reject(new Error('not asked for')),
      dial,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  /** Where a program of this machine reaches it. */
  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Closes kept connections, like an API server that is replaced. */
  dropConnections(): void {
    this.#server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #dial(target: { host: string; port: number }, { signal }: CallOptions): Promise<Duplex> {
    this.dials += 1;
    if (target.host !== '127.0.0.1' || target.port !== 6443)
      throw kubeError('KUBE_UNREACHABLE', `dialled ${target.host}`);
    if (this.dialling === 'refused')
      throw sshError('SSH_CHANNEL', 'connection refused', { host: this.address });
    if (this.dialling === 'hangs')
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    const socket = connect((this.#server.address() as AddressInfo).port, '127.0.0.1');
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return socket;
  }

  async #read(request: IncomingMessage): Promise<SeenRequest> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? '/', 'https://kubernetes');
    const peer = 'getPeerCertificate' in request.socket ? request.socket : undefined;
    return {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      contentType: request.headers['content-type'],
      body: text === '' ? undefined : JSON.parse(text),
      clientName: (
        peer as { getPeerCertificate(): { subject?: { CN?: string } } } | undefined
      )?.getPeerCertificate().subject?.CN,
    };
  }

  #respond(seen: SeenRequest): FakeAnswer | undefined {
    const found = Object.entries(resources).find(([path]) => path === seen.path)?.[1];
    if (found === undefined) {
      this.seen.push(seen);
      return this.answer(seen);
    }
    this.discoveries += 1;
    return { body: this.discovery ?? { kind: 'APIResourceList', resources: found } };
  }
}

/** A Status object, with which the API refuses a request. */
export function status(code: number, message: string, details: object = {}): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message, details };
}
