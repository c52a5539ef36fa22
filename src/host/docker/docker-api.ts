import Docker from 'dockerode';
import { DeadlineError } from '../../core/deadline.js';
import type { RkeError } from '../../core/errors.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import { askRegistry } from './ask-registry.js';
import { DialingAgent } from './dialing-agent.js';
import { apiVersionFor } from './docker-api-version.js';
import { DockerCalls, type DockerTiming } from './docker-calls.js';
import {
  callError,
  isBeingRemoved,
  isNameTaken,
  isNotFound,
  isUnchanged,
  pullError,
  waitTimeout,
} from './docker-errors.js';
import { logLines } from './docker-logs.js';
import { longestMilliseconds, streamLogs } from './stream-logs.js';
import { readAnswer, type Answer } from './docker-answer.js';
import { DockerModem } from './docker-modem.js';
import { followPull } from './docker-pull.js';
import { containerSummary, createRequest, dockerFacts, observedContainer } from './docker-requests.js';
import type { DockerRoute } from './docker-route.js';
import type {
  CallOptions,
  NameOptions,
  LogOptions,
  ContainerSummary,
  DockerApi,
  DockerFacts,
  ObservedContainer,
  ObservedImage,
  PullOptions,
  RegistryAuth,
} from '../host.js';

/** Docker of one host. The only place that knows dockerode. */
export class SshDocker implements DockerApi {
  readonly #host: string;
  readonly #docker: Docker;
  readonly #modem: DockerModem;
  readonly #agent: DialingAgent;
  readonly #calls: DockerCalls;

  constructor(host: string, route: DockerRoute, timing: DockerTiming = {}) {
    this.#host = host;
    this.#calls = new DockerCalls(host, route, timing);
    this.#agent = new DialingAgent(() => route.dial());
    this.#modem = new DockerModem(this.#agent);
    // dockerode takes a modem; missing in its types.
    const options: object = { modem: this.#modem };
    this.#docker = new Docker(options);
  }

  /** Closes the connections that are kept for the next call. */
  close(): void {
    this.#agent.destroy();
  }

  async facts(options: CallOptions): Promise<DockerFacts> {
    // dockerode takes a signal; missing in its types.
    const docker = this.#docker as unknown as {
      info(options: object): Promise<Record<string, unknown>>;
      version(options: object): Promise<Docker.DockerVersion>;
    };
    // Without a version in its path every daemon answers, so the second call need not wait for the first.
    this.#modem.version = undefined;
    const [answer, info] = await Promise.all([
      this.#calls.read('docker version', options, (abortSignal) => docker.version({ abortSignal })),
      this.#calls.read('docker info', options, (abortSignal) => docker.info({ abortSignal })),
    ]);
    this.#modem.version = `v${apiVersionFor(answer, this.#host)}`;
    return dockerFacts(info, answer.ApiVersion);
  }

  async list(options: CallOptions): Promise<readonly ContainerSummary[]> {
    const found = await this.#calls.read('list containers', options, (abortSignal) =>
      this.#docker.listContainers({ all: true, abortSignal }),
    );
    return found.map(containerSummary);
  }

  async inspect(name: string, options: CallOptions): Promise<ObservedContainer | undefined> {
    const found = await this.#calls.read(`inspect ${name}`, options, (abortSignal) =>
      unlessNotFound(this.#docker.getContainer(name).inspect({ abortSignal })),
    );
    return found === undefined ? undefined : observedContainer(found);
  }

  async listImages(options: CallOptions): Promise<ReadonlyMap<string, string>> {
    const found = await this.#calls.read('list images', options, (abortSignal) => {
      // dockerode takes a signal; missing in its types.
      const query: object = { abortSignal };
      return this.#docker.listImages(query);
    });
    return new Map(found.flatMap(({ Id, RepoTags }) => (nullable(RepoTags) ?? []).map((tag) => [tag, Id])));
  }

  async inspectImage(image: string, options: CallOptions): Promise<ObservedImage | undefined> {
    const found = await this.#calls.read(`inspect image ${image}`, options, (abortSignal) =>
      unlessNotFound(inspectImage(this.#docker.getImage(image), abortSignal)),
    );
    if (found === undefined) return undefined;
    const config = nullable(found.Config);
    const user = nullable(config?.User) ?? '';
    return { id: found.Id, env: nullable(config?.Env) ?? [], ...(user === '' ? {} : { user }) };
  }

  async pull(image: string, { signal, auth, onProgress }: PullOptions): Promise<void> {
    // A pull takes minutes: its limit is the time without a record. It must not keep other calls waiting.
    const fail = (error: unknown): RkeError => pullError(error, { host: this.#host, image, auth });
    await this.#calls.long(this.#calls.limits.stallMilliseconds, { signal, fail }, async (deadline) => {
      const request = { abortSignal: deadline.signal, ...withAuth(auth) };
      const stream = await this.#docker.pull(withTag(image), request);
      await followPull(stream, { onRecord: () => deadline.restart(), onProgress });
    });
  }

  async askRegistry(
    image: string,
    { signal, auth }: CallOptions & { readonly auth?: RegistryAuth },
  ): Promise<void> {
    const fail = (error: unknown): RkeError => pullError(error, { host: this.#host, image, auth });
    await this.#calls.long(this.#calls.limits.callMilliseconds, { signal, fail }, (deadline) =>
      askRegistry(this.#modem, withTag(image), { abortSignal: deadline.signal, ...withAuth(auth) }),
    );
  }

  async create(spec: ContainerSpec, options: NameOptions): Promise<void> {
    const { name, ...body } = createRequest(spec);
    await this.#taking(name, options, () =>
      this.#calls.call(`create ${name}`, options, (abortSignal) => {
        // Passed separately, the body is not part of the URL, where it would be logged with its secrets.
        const request: object = { _query: { name }, _body: body, abortSignal };
        return this.#docker.createContainer(request);
      }),
    );
  }

  async start(name: string, options: CallOptions): Promise<void> {
    await this.#calls.call(`start ${name}`, options, (abortSignal) =>
      unlessUnchanged(this.#docker.getContainer(name).start({ abortSignal })),
    );
  }

  async stop(name: string, { signal, seconds }: CallOptions & { readonly seconds: number }): Promise<void> {
    await this.#calls.call(`stop ${name}`, { signal }, (abortSignal) =>
      unlessUnchanged(this.#docker.getContainer(name).stop({ t: seconds, abortSignal })),
    );
  }

  async rename(name: string, newName: string, options: NameOptions): Promise<void> {
    await this.#taking(newName, options, () =>
      this.#calls.call(`rename ${name}`, options, (abortSignal) =>
        this.#docker.getContainer(name).rename({ name: newName, abortSignal }),
      ),
    );
  }

  /** A call that gives a container a name. Hardly ever has another one the name, so it is not looked for first. */
  async #taking(
    name: string,
    { replaces = false, signal }: NameOptions,
    call: () => Promise<unknown>,
  ): Promise<void> {
    try {
      await call();
    } catch (error) {
      if (!replaces || !isNameTaken(error)) throw error;
      await this.remove(name, { signal });
      await call();
    }
  }

  async remove(name: string, options: CallOptions): Promise<void> {
    await this.#calls.call(`remove ${name}`, options, async (abortSignal) => {
      const container = this.#docker.getContainer(name);
      const remove = async (): Promise<unknown> => {
        try {
          return await container.remove({ force: true, v: true, abortSignal });
        } catch (error) {
          // Docker completes what a run has requested that was killed.
          if (!isBeingRemoved(error)) throw error;
          return await container.wait({ condition: 'removed', abortSignal });
        }
      };
      await unlessNotFound(remove());
    });
  }

  async wait(
    name: string,
    {
      signal,
      milliseconds = this.#calls.limits.waitMilliseconds,
    }: CallOptions & { readonly milliseconds?: number },
  ): Promise<number> {
    const fail = (error: unknown): RkeError =>
      error instanceof DeadlineError
        ? waitTimeout(error, { host: this.#host, name })
        : callError(error, { host: this.#host, action: `wait for ${name}` });
    return this.#calls.long(milliseconds, { signal, fail }, async (deadline) => {
      const container = this.#docker.getContainer(name);
      const ended = (await container.wait({ abortSignal: deadline.signal })) as { StatusCode: number };
      return ended.StatusCode;
    });
  }

  async logs(
    name: string,
    { signal, tail }: CallOptions & { readonly tail: number },
  ): Promise<readonly string[]> {
    const log = await this.#calls.read(`logs of ${name}`, { signal }, (abortSignal) =>
      this.#docker.getContainer(name).logs({ stdout: true, stderr: true, tail, follow: false, abortSignal }),
    );
    return logLines(log).slice(-tail);
  }

  async streamLogs(name: string, { signal, tail, since, follows, onLine }: LogOptions): Promise<void> {
    // A log that is followed may be silent for hours; its connection has a keepalive.
    const { stallMilliseconds } = this.#calls.limits;
    const milliseconds = follows ? longestMilliseconds : stallMilliseconds;
    const fail = (error: unknown): RkeError =>
      callError(error, { host: this.#host, action: `logs of ${name}` });
    await this.#calls.long(milliseconds, { signal, fail }, (deadline) =>
      streamLogs(
        this.#modem,
        { name, tail, since, follows },
        { abortSignal: deadline.signal, onLine, onChunk: () => deadline.restart() },
      ),
    );
  }

  async putArchive(name: string, path: string, tar: Buffer, options: CallOptions): Promise<void> {
    await this.#calls.call(`write files to ${path}`, options, (abortSignal) =>
      this.#docker.getContainer(name).putArchive(tar, { path, abortSignal }),
    );
  }

  async getArchive(name: string, path: string, options: CallOptions): Promise<Buffer | undefined> {
    return this.#calls.read(`read files of ${path}`, options, async (abortSignal) => {
      const found: unknown = await unlessNotFound(
        this.#docker.getContainer(name).getArchive({ path, abortSignal }),
      );
      return found === undefined ? undefined : readAnswer(found as Answer);
    });
  }
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

/** dockerode takes a signal; missing in its types. */
function inspectImage(image: Docker.Image, abortSignal: AbortSignal): Promise<Docker.ImageInspectInfo> {
  const options: object = { abortSignal };
  return image.inspect(options);
}

function withAuth(auth: RegistryAuth | undefined): { authconfig?: object } {
  return auth === undefined ? {} : { authconfig: { ...auth, serveraddress: '' } };
}

/** Docker writes null for an empty list, or omits it since version 29; missing in its types. */
function nullable<Value>(value: Value): Value | null | undefined {
  return value;
}

/** Without a tag Docker would pull all of them. */
function withTag(image: string): string {
  return /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
}
