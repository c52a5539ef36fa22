import { kubeError, messageOf, RkeError } from '../core/errors.js';
import type { CallOptions } from '../host/host.js';
import { isBusy, type ApiAnswer } from './api-error.js';
import type { ApiHost } from './direct-host.js';
import { Endpoint, type ApiRequest, type EndpointTiming } from './endpoint.js';
import type { ApiCertificates } from './tls-agent.js';

/** An answer, and the host that gave it. */
export interface HostAnswer extends ApiAnswer {
  readonly host: string;
}

/** All API servers of the cluster as one: the one that answered last is asked first. */
export class ControlPlanes {
  readonly #endpoints: readonly Endpoint[];
  #preferred = 0;

  constructor(hosts: readonly ApiHost[], certificates: ApiCertificates, timing?: EndpointTiming) {
    this.#endpoints = hosts.map((host) => new Endpoint(host, certificates, timing));
  }

  /**
   * Asks one control plane after another until one answers and is not busy.
   *
   * @returns the first such answer, otherwise the last one of a busy server
   * @throws RkeError KUBE_UNREACHABLE if none answers, or KUBE_TLS
   */
  async request(request: ApiRequest, options: CallOptions): Promise<HostAnswer> {
    const failures: RkeError[] = [];
    let busy: HostAnswer | undefined;
    for (const [index, endpoint] of this.#inOrder()) {
      try {
        const answer = { ...(await endpoint.request(request, options)), host: endpoint.address };
        if (!isBusy(answer.status)) {
          this.#preferred = index;
          return answer;
        }
        busy = answer;
      } catch (error) {
        // Also at the caller's deadline: the next call should go elsewhere.
        this.#preferred = (index + 1) % this.#endpoints.length;
        if (!(error instanceof RkeError) || options.signal.aborted) throw error;
        failures.push(error);
      }
    }
    if (busy !== undefined) return busy;
    throw noneAnswers(failures);
  }

  /** Asks every control plane once. @returns the answers of those that answer */
  async requestAll(request: ApiRequest, options: CallOptions): Promise<readonly HostAnswer[]> {
    const answers: HostAnswer[] = [];
    for (const endpoint of this.#endpoints)
      try {
        answers.push({ ...(await endpoint.request(request, options)), host: endpoint.address });
      } catch (error) {
        if (!(error instanceof RkeError) || options.signal.aborted) throw error;
      }
    return answers;
  }

  close(): void {
    for (const endpoint of this.#endpoints) endpoint.close();
  }

  #inOrder(): [number, Endpoint][] {
    const entries = [...this.#endpoints.entries()];
    return [...entries.slice(this.#preferred), ...entries.slice(0, this.#preferred)];
  }
}

/** Retryable if one of them may answer later; a timeout if one of them is slow. */
function noneAnswers(failures: readonly RkeError[]): RkeError {
  const [first] = failures;
  if (first === undefined)
    return kubeError('KUBE_UNREACHABLE', 'no control-plane host is connected', { retryable: false });
  // An invalid certificate of one says nothing about the others: they may answer next time.
  if (failures.length === 1 || failures.every(({ details }) => details.retryable !== true)) return first;
  const isSlow = failures.some(({ code }) => code === 'KUBE_TIMEOUT');
  return kubeError(isSlow ? 'KUBE_TIMEOUT' : 'KUBE_UNREACHABLE', 'no kube-apiserver answers', {
    evidence: failures.map((failure) => `${failure.host ?? ''}: ${messageOf(failure)}`),
    retryable: true,
    cause: new AggregateError(failures, first.message),
  });
}
