import { DeadlineError, startDeadline, type Deadline, orAborted } from '../../core/deadline.js';
import { RkeError } from '../../core/errors.js';
import { createLimiter, type Limiter } from '../../core/limit.js';
import { callError, isReset } from './docker-errors.js';
import type { DockerRoute } from './docker-route.js';
import type { CallOptions } from '../host.js';

/** Calls to one host at the same time; more would only wait in its daemon. */
const callsPerHost = 4;
/**
 * The same, together with those that take long (pulls, waits, questions to registries). Each may need a session of sshd,
 * see ssh-connection.ts.
 */
const requestsPerHost = 6;
const callMilliseconds = 60_000;
/** After so long without a record a pull has stalled: Docker reports progress several times a second, and its retries. */
const stallMilliseconds = 180_000;
/** Helper containers exit within seconds; the one that cleans a host may have much to delete. */
const waitMilliseconds = 300_000;

/** Other limits than the usual ones; for tests. */
export interface DockerTiming {
  readonly callMilliseconds?: number;
  readonly stallMilliseconds?: number;
  readonly waitMilliseconds?: number;
}

/** Calls to the Docker of one host, bounded in number and time. */
export class DockerCalls {
  readonly #host: string;
  readonly #route: Pick<DockerRoute, 'ready'>;
  readonly #timing: DockerTiming;
  readonly #limited: Limiter = createLimiter(callsPerHost);
  readonly #requests: Limiter = createLimiter(requestsPerHost);

  constructor(host: string, route: Pick<DockerRoute, 'ready'>, timing: DockerTiming) {
    this.#host = host;
    this.#route = route;
    this.#timing = timing;
  }

  /** Milliseconds for each kind of call. */
  get limits(): Required<DockerTiming> {
    return { callMilliseconds, stallMilliseconds, waitMilliseconds, ...this.#timing };
  }

  /** A call that changes nothing: made once more if the connection is lost meanwhile, or was closed by Docker. */
  async read<Value>(
    action: string,
    options: CallOptions,
    call: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    try {
      return await this.call(action, options, call);
    } catch (error) {
      // The other side may have closed a kept connection at the moment when the call went out on it.
      const mayHelp =
        error instanceof RkeError &&
        ((error.code === 'SSH_CONNECTION_LOST' && error.details.retryable === true) || isReset(error.cause));
      if (!mayHelp) throw error;
      return this.call(action, options, call);
    }
  }

  /** Makes a call within the limits of number and time; its error names the action. */
  async call<Value>(
    action: string,
    { signal }: CallOptions,
    call: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    const fail = (error: unknown): RkeError => callError(error, { host: this.#host, action });
    return this.#limited(() =>
      this.long(this.limits.callMilliseconds, { signal, fail }, (deadline) => call(deadline.signal)),
    );
  }

  /**
   * One request of any duration: it ends at its deadline or when the caller's signal is aborted, whatever dockerode is doing
   * then.
   */
  async long<Value>(
    milliseconds: number,
    { signal, fail }: CallOptions & { readonly fail: (error: unknown) => RkeError },
    request: (deadline: Deadline) => Promise<Value>,
  ): Promise<Value> {
    return this.#requests(async () => {
      const line = await this.#route.ready({ signal }).catch((error: unknown) => throwUnlessDue(error, fail));
      using deadline = startDeadline(milliseconds, signal);
      try {
        deadline.signal.throwIfAborted();
        return await orAborted(request(deadline), deadline.signal);
      } catch (error) {
        // A deadline of the caller is a timeout, too; an interrupted run is not.
        if (signal.aborted && !(signal.reason instanceof DeadlineError)) throw signal.reason;
        throw line.lost ?? fail(deadline.signal.aborted ? deadline.signal.reason : error);
      }
    });
  }
}

function throwUnlessDue(error: unknown, fail: (error: unknown) => RkeError): never {
  throw error instanceof DeadlineError ? fail(error) : error;
}
