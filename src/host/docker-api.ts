import type { Agent } from 'node:http';
import { buffer } from 'node:stream/consumers';
import Docker from 'dockerode';
import { DeadlineError, startDeadline, type Deadline } from '../core/deadline.js';
import { RkeError } from '../core/errors.js';
import { createLimiter, type Limiter } from '../core/limit.js';
import type { ContainerSpec } from '../plan/cluster-plan-types.js';
import { askRegistry } from './ask-registry.js';
import { DialingAgent } from './dialing-agent.js';
import { apiVersionFor } from './docker-api-version.js';
import { callError, isNotFound, isReset, isUnchanged, pullError, waitTimeout } from './docker-errors.js';
import { logLines } from './docker-logs.js';
import { followPull } from './docker-pull.js';
import { containerSummary, createRequest, dockerFacts, observedContainer } from './docker-requests.js';
import type { DockerRoute } from './docker-route.js';
import type {
  CallOptions,
  ContainerSummary,
  DockerApi,
  DockerFacts,
  ObservedContainer,
  ObservedImage,
  PullOptions,
  RegistryAuth,
} from './host.js';
import { unlessAborted } from './unless-aborted.js';

/** Calls that one host answers at the same time; more would only wait in its daemon. */
const callsPerHost = 4;
/**
 * The same with those that take long (pulls, waits, questions to registries). Each may need a session of sshd, see
 * ssh-connection.ts.
 */
const requestsPerHost = 6;
const callMilliseconds = 60_000;
/** A pull that says nothing for so long has stalled: Docker reports progress several times a second, and its retries. */
const stallMilliseconds = 180_000;
/** Helper containers end within seconds; the one that cleans a host may have much to delete. */
const waitMilliseconds = 300_000;

/** Other times than those that people get; for tests. */
export interface DockerTiming {
  readonly callMilliseconds?: number;
  readonly stallMilliseconds?: number;
  readonly waitMilliseconds?: number;
}

/** Docker of one host. The only place that knows dockerode. */
export class SshDocker implements DockerApi {
  readonly #host: string;
  readonly #docker: Docker;
  readonly #agent: Agent;
  readonly #limited: Limiter = createLimiter(callsPerHost);
  readonly #requests: Limiter = createLimiter(requestsPerHost);
  readonly #route: DockerRoute;
  readonly #timing: DockerTiming;

  constructor(host: string, route: DockerRoute, timing: DockerTiming = {}) {
    this.#host = host;
    this.#route = route;
    this.#timing = timing;
    this.#agent = new DialingAgent(() => route.dial());
    // docker-modem takes an agent; its types do not know it.
    const options: Docker.DockerOptions & { agent: Agent } = {
      protocol: 'http',
      host: 'docker',
      port: 80,
      agent: this.#agent,
    };
    this.#docker = new Docker(options);
  }

  /** Closes the connections that are kept for the next call. */
  close(): void {
    this.#agent.destroy();
  }

  async facts(options: CallOptions): Promise<DockerFacts> {
    // dockerode takes a signal here as everywhere; its types do not know it.
    const docker = this.#docker as unknown as {
      info(options: object): Promise<Record<string, unknown>>;
      version(options: object): Promise<Docker.DockerVersion>;
      readonly modem: { version: string | undefined };
    };
    const { modem } = docker;
    const answer = await this.#read('docker version', options, async (abortSignal) => {
      // Without a version in its path, the one question that every daemon answers.
      modem.version = undefined;
      return docker.version({ abortSignal });
    });
    modem.version = `v${apiVersionFor(answer, this.#host)}`;
    const info = await this.#read('docker info', options, (abortSignal) => docker.info({ abortSignal }));
    return dockerFacts(info, answer.ApiVersion);
  }

  async list(options: CallOptions): Promise<readonly ContainerSummary[]> {
    const found = await this.#read('list containers', options, (abortSignal) =>
      this.#docker.listContainers({ all: true, abortSignal }),
    );
    return found.map(containerSummary);
  }

  async inspect(name: string, options: CallOptions): Promise<ObservedContainer | undefined> {
    const found = await this.#read(`inspect ${name}`, options, (abortSignal) =>
      unlessNotFound(this.#docker.getContainer(name).inspect({ abortSignal })),
    );
    return found === undefined ? undefined : observedContainer(found);
  }

  async listImages(options: CallOptions): Promise<ReadonlyMap<string, string>> {
    const found = await this.#read('list images', options, (abortSignal) => {
      // dockerode takes a signal here as everywhere; its types do not know it.
      const query: object = { abortSignal };
      return this.#docker.listImages(query);
    });
    return new Map(found.flatMap(({ Id, RepoTags }) => (nullable(RepoTags) ?? []).map((tag) => [tag, Id])));
  }

  async inspectImage(image: string, options: CallOptions): Promise<ObservedImage | undefined> {
    const found = await this.#read(`inspect image ${image}`, options, (abortSignal) =>
      unlessNotFound(inspectImage(this.#docker.getImage(image), abortSignal)),
    );
    if (found === undefined) return undefined;
    const config = nullable(found.Config);
    const user = nullable(config?.User) ?? '';
    return { id: found.Id, env: nullable(config?.Env) ?? [], ...(user === '' ? {} : { user }) };
  }

  async pull(image: string, { signal, auth, onProgress }: PullOptions): Promise<void> {
    // A pull takes minutes: what limits it is that it says nothing. It must not keep the other calls waiting.
    const fail = (error: unknown): RkeError => pullError(error, { host: this.#host, image, auth });
    await this.#long(
      this.#timing.stallMilliseconds ?? stallMilliseconds,
      { signal, fail },
      async (deadline) => {
        const request = { abortSignal: deadline.signal, ...withAuth(auth) };
        const stream = await this.#docker.pull(withTag(image), request);
        await followPull(stream, { onRecord: () => deadline.restart(), onProgress });
      },
    );
  }

  async askRegistry(
    image: string,
    { signal, auth }: CallOptions & { readonly auth?: RegistryAuth },
  ): Promise<void> {
    const fail = (error: unknown): RkeError => pullError(error, { host: this.#host, image, auth });
    await this.#long(this.#timing.callMilliseconds ?? callMilliseconds, { signal, fail }, (deadline) =>
      askRegistry(this.#docker.modem, withTag(image), { abortSignal: deadline.signal, ...withAuth(auth) }),
    );
  }

  async create(spec: ContainerSpec, options: CallOptions): Promise<void> {
    const { name, ...body } = createRequest(spec);
    await this.#call(`create ${spec.name}`, options, (abortSignal) => {
      // Told apart like this, the body does not appear in the URL too, where it would be logged with its secrets.
      const request: object = { _query: { name }, _body: body, abortSignal };
      return this.#docker.createContainer(request);
    });
  }

  async start(name: string, options: CallOptions): Promise<void> {
    await this.#call(`start ${name}`, options, (abortSignal) =>
      unlessUnchanged(this.#docker.getContainer(name).start({ abortSignal })),
    );
  }

  async stop(name: string, { signal, seconds }: CallOptions & { readonly seconds: number }): Promise<void> {
    await this.#call(`stop ${name}`, { signal }, (abortSignal) =>
      unlessUnchanged(this.#docker.getContainer(name).stop({ t: seconds, abortSignal })),
    );
  }

  async rename(name: string, newName: string, options: CallOptions): Promise<void> {
    await this.#call(`rename ${name}`, options, (abortSignal) =>
      this.#docker.getContainer(name).rename({ name: newName, abortSignal }),
    );
  }

  async remove(name: string, options: CallOptions): Promise<void> {
    await this.#call(`remove ${name}`, options, (abortSignal) =>
      unlessNotFound(this.#docker.getContainer(name).remove({ force: true, v: true, abortSignal })),
    );
  }

  async wait(name: string, { signal }: CallOptions): Promise<number> {
    const fail = (error: unknown): RkeError =>
      error instanceof DeadlineError
        ? waitTimeout(error, { host: this.#host, name })
        : callError(error, { host: this.#host, action: `wait for ${name}` });
    return this.#long(
      this.#timing.waitMilliseconds ?? waitMilliseconds,
      { signal, fail },
      async (deadline) => {
        const container = this.#docker.getContainer(name);
        const ended = (await container.wait({ abortSignal: deadline.signal })) as { StatusCode: number };
        return ended.StatusCode;
      },
    );
  }

  async logs(
    name: string,
    { signal, tail }: CallOptions & { readonly tail: number },
  ): Promise<readonly string[]> {
    const log = await this.#read(`logs of ${name}`, { signal }, (abortSignal) =>
      this.#docker.getContainer(name).logs({ stdout: true, stderr: true, tail, follow: false, abortSignal }),
    );
    return logLines(log).slice(-tail);
  }

  async putArchive(name: string, path: string, tar: Buffer, options: CallOptions): Promise<void> {
    await this.#call(`write files to ${path}`, options, (abortSignal) =>
      this.#docker.getContainer(name).putArchive(tar, { path, abortSignal }),
    );
  }

  async getArchive(name: string, path: string, options: CallOptions): Promise<Buffer | undefined> {
    return this.#read(`read files of ${path}`, options, async (abortSignal) => {
      const stream = await unlessNotFound(this.#docker.getContainer(name).getArchive({ path, abortSignal }));
      return stream === undefined ? undefined : buffer(stream);
    });
  }

  /** A call that changes nothing: done once more where the connection is lost underway. */
  async #read<Value>(
    action: string,
    options: CallOptions,
    call: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    try {
      return await this.#call(action, options, call);
    } catch (error) {
      // The other side may have closed a kept connection at the moment when the call went out on it.
      const mayHelp =
        error instanceof RkeError &&
        ((error.code === 'SSH_CONNECTION_LOST' && error.details.retryable === true) || isReset(error.cause));
      if (!mayHelp) throw error;
      return this.#call(action, options, call);
    }
  }

  /** Bounds a call in number and time, and says what failed. */
  async #call<Value>(
    action: string,
    { signal }: CallOptions,
    call: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    const fail = (error: unknown): RkeError => callError(error, { host: this.#host, action });
    return this.#limited(() =>
      this.#long(this.#timing.callMilliseconds ?? callMilliseconds, { signal, fail }, (deadline) =>
        call(deadline.signal),
      ),
    );
  }

  /**
   * One request, however long it takes: it ends when its deadline or the caller's signal says so, whatever dockerode is
   * doing then.
   */
  async #long<Value>(
    milliseconds: number,
    { signal, fail }: CallOptions & { readonly fail: (error: unknown) => RkeError },
    request: (deadline: Deadline) => Promise<Value>,
  ): Promise<Value> {
    return this.#requests(async () => {
      const line = await this.#route.ready({ signal }).catch((error: unknown) => throwUnlessDue(error, fail));
      using deadline = startDeadline(milliseconds, signal);
      try {
        deadline.signal.throwIfAborted();
        return await unlessAborted(request(deadline), deadline.signal);
      } catch (error) {
        // A limit of the caller's is a timeout like our own; a run that is interrupted is not.
        if (signal.aborted && !(signal.reason instanceof DeadlineError)) throw signal.reason;
        throw line.lost ?? fail(deadline.signal.aborted ? deadline.signal.reason : error);
      }
    });
  }
}

function throwUnlessDue(error: unknown, fail: (error: unknown) => RkeError): never {
  throw error instanceof DeadlineError ? fail(error) : error;
}

async function unlessNotFound<Value>(call: Promise<Value>): Promise<Value | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function unlessUnchanged(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isUnchanged(error)) throw error;
  }
}

/** dockerode takes a signal here as everywhere; its types do not know it. */
function inspectImage(image: Docker.Image, abortSignal: AbortSignal): Promise<Docker.ImageInspectInfo> {
  const options: object = { abortSignal };
  return image.inspect(options);
}

function withAuth(auth: RegistryAuth | undefined): { authconfig?: object } {
  return auth === undefined ? {} : { authconfig: { ...auth, serveraddress: '' } };
}

/** Docker writes null for an empty list, or from 29 on nothing; its types do not say so. */
function nullable<Value>(value: Value): Value | null | undefined {
  return value;
}

/** Without a tag Docker would pull all of them. */
function withTag(image: string): string {
  return /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
}
