import { ports } from '../core/ports.js';
import { orAborted, withDeadline } from '../core/deadline.js';
import { request as httpRequest } from 'node:http';
import { kubeError, messageOf, type RkeError } from '../core/errors.js';
import { createLimiter, type Limiter } from '../core/limit.js';
import type { CallOptions } from '../host/host.js';
import type { ApiAnswer } from './api-error.js';
import type { ApiHost } from './direct-host.js';
import { AnswerTooLarge, readAnswer } from './read-answer.js';
import { TlsAgent, type ApiCertificates } from './tls-agent.js';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

/** Node ignores an agent's `maxSockets` if connections are made asynchronously, so requests are limited. */
const concurrentRequests = 8;

const requestMilliseconds = 30_000;

/** Other limits than the usual ones; for tests. */
export interface EndpointTiming {
  /** Limit for a request after it has left the queue. */
  readonly requestMilliseconds?: number;
  /** Limit for connecting. */
  readonly connectMilliseconds?: number;
}

/** The API server of one control-plane host. */
export class Endpoint {
  readonly #host: ApiHost;
  readonly #agent: TlsAgent;
  readonly #limit: Limiter = createLimiter(concurrentRequests);

  readonly #milliseconds: number;

  constructor(host: ApiHost, certificates: ApiCertificates, timing: EndpointTiming = {}) {
    this.#host = host;
    this.#milliseconds = timing.requestMilliseconds ?? requestMilliseconds;
    this.#agent = new TlsAgent({
      host,
      certificates,
      port: ports.kubeApi,
      maxSockets: concurrentRequests,
      milliseconds: timing.connectMilliseconds,
    });
  }

  get address(): string {
    return this.#host.address;
  }

  /**
   * Sends a request once; again only if a kept connection was closed by the other side.
   *
   * @returns the answer, whatever its status
   * @throws RkeError KUBE_UNREACHABLE or KUBE_TIMEOUT (retryable), KUBE_TLS or KUBE_ANSWER_TOO_LARGE (not); the signal's reason when it is aborted
   */
  async request(request: ApiRequest, { signal }: CallOptions): Promise<ApiAnswer> {
    try {
      // The limit starts when the request leaves the queue: waiting for others does not mean that the server is slow.
      const limited = this.#limit(() =>
        withDeadline({ milliseconds: this.#milliseconds, signal }, (limit) => this.#send(request, limit)),
      );
      return await orAborted(limited, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw this.#explain(error);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const { method, path, contentType, body } = request;
    const headers = {
      accept: 'application/json',
      'user-agent': 'rke',
      ...(body === undefined
        ? {}
        : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }),
    };
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      // Node reports to a request that waits for its connection only when that is made or has failed.
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      // The name is for the Host header; the agent knows where to go.
      const options = {
        agent: this.#agent,
        host: 'kubernetes',
        port: ports.kubeApi,
        method,
        path,
        headers,
        signal,
      };
      const sent = httpRequest(options);
      sent.once('response', (response) => {
        readAnswer(response).then(resolve, reject);
      });
      sent.once('error', (error) => {
        // A kept connection that the other side had closed. All verbs in use may be sent twice, and each such connection is
        // removed, so this ends.
        if (sent.reusedSocket && !signal.aborted && isReset(error)) resolve(this.#send(request, signal));
        else reject(error);
      });
      sent.end(body);
    });
  }

  #explain(error: unknown): RkeError {
    const details = { host: this.address, cause: error };
    if (certificateCodes.test(codeOf(error)))
      return kubeError('KUBE_TLS', `the certificate of kube-apiserver is not trusted: ${messageOf(error)}`, {
        ...details,
        fix: 'use the cluster.rkestate that the cluster was built with, and check the clocks of this machine and the host',
      });
    if (error instanceof AnswerTooLarge)
      return kubeError('KUBE_ANSWER_TOO_LARGE', `kube-apiserver: ${error.message}`, details);
    if (error instanceof Error && error.name === 'TimeoutError')
      return kubeError('KUBE_TIMEOUT', 'kube-apiserver did not answer in time', {
        ...details,
        retryable: true,
      });
    const message = `kube-apiserver does not answer: ${messageOf(error)}`;
    return kubeError('KUBE_UNREACHABLE', message, { ...details, retryable: true });
  }
}

/** Error codes of OpenSSL for a chain, and of Node for a name. */
const certificateCodes = /CERT|_ISSUER|SELF_SIGNED|UNABLE_TO_VERIFY/;

function isReset(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE', 'ERR_STREAM_DESTROYED'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
