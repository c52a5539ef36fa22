import { PassThrough } from 'node:stream';
import { dockerError } from '../../src/core/errors.js';
import type { ContainerSummary, DockerApi, Host, ObservedContainer } from '../../src/host/host.js';
import type { ContainerSpec } from '../../src/plan/cluster-plan-types.js';
import { observedContainer, sampleFacts } from './cluster.js';

type Call = keyof DockerApi;

/** A host in memory. `fail` makes calls fail by name and container; `calls` lists the calls in order. */
export class FakeHost implements Host {
  readonly address: string;
  readonly calls: string[] = [];
  readonly containers = new Map<string, ObservedContainer>();
  readonly labels = new Map<string, Readonly<Record<string, string>>>();
  /** All containers that were ever created, by name. */
  readonly created = new Map<string, ContainerSpec[]>();
  readonly images = new Set<string>();
  readonly archives: Buffer[] = [];
  /** How many times a call fails: `create:etcd`, or `create` for any container. */
  readonly fail = new Map<string, number>();
  /** Calls that take effect but whose response is lost, once each. */
  readonly loseAnswer = new Set<string>();
  /** Docker does not respond to this many calls, from the first call of this name on. */
  readonly away = new Map<string, number>();
  readonly docker: DockerApi;
  exitCode = 0;
  /** The output of a command line. */
  prints: (command: string) => string = () => '';

  constructor(address: string) {
    this.address = address;
    this.docker = this.#docker();
  }

  run(spec: ContainerSpec): void {
    this.labels.set(spec.name, spec.labels);
    this.containers.set(spec.name, observedContainer(spec));
  }

  async exec(command: string): Promise<{ code: number; stdout: string; stderr: string }> {
    await Promise.resolve();
    return { code: 0, stdout: this.prints(command), stderr: '' };
  }

  read(command: string): ReturnType<FakeHost['exec']> {
    return this.exec(command);
  }

  /** The response of `host:port`; throws if nothing responds. */
  answers: (to: string) => void = () => undefined;

  async dial({ host, port }: { readonly host: string; readonly port: number }): Promise<PassThrough> {
    await Promise.resolve();
    this.answers(`${host}:${port}`);
    return new PassThrough();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is open.
  }

  #did(call: Call, name: string, signal: AbortSignal): void {
    signal.throwIfAborted();
    const [gone = 0] = [call, '*'].flatMap((key) => this.away.get(key) ?? []);
    if (gone > 0) {
      this.away.clear();
      this.away.set('*', gone - 1);
      throw dockerError('DOCKER_UNREACHABLE', 'Docker is away', { host: this.address, retryable: true });
    }
    this.calls.push(`${call} ${name}`);
    for (const key of [`${call}:${name}`, call]) {
      const left = this.fail.get(key) ?? 0;
      if (left === 0) continue;
      this.fail.set(key, left - 1);
      throw dockerError('DOCKER_CALL', `${call} ${name} failed`, { host: this.address });
    }
  }

  #change(name: string, change: Partial<ObservedContainer>): void {
    const container = this.containers.get(name);
    if (container === undefined)
      throw dockerError('DOCKER_CALL', `no container ${name}`, { host: this.address });
    this.containers.set(name, { ...container, ...change });
  }

  #docker(): DockerApi {
    const act = async (call: Call, name: string, signal: AbortSignal, change: () => void): Promise<void> => {
      await Promise.resolve();
      this.#did(call, name, signal);
      change();
      const isLost = [call, `${call}:${name}`].some((key) => this.loseAnswer.delete(key));
      if (isLost)
        throw dockerError('DOCKER_CALL', `the answer to ${call} ${name} was lost`, { host: this.address });
    };
    return {
      facts: () => Promise.resolve(sampleFacts),
      list: () =>
        Promise.resolve(
          [...this.containers.values()].map((one) => summary(one, this.labels.get(one.name) ?? {})),
        ),
      inspect: (name) => Promise.resolve(this.containers.get(name)),
      listImages: () => Promise.resolve(new Map([...this.images].map((image) => [image, image]))),
      inspectImage: (image) =>
        Promise.resolve(this.images.has(image) ? { id: image, env: ['PATH=/bin'] } : undefined),
      pull: (image, { signal }) => act('pull', image, signal, () => this.images.add(image)),
      askRegistry: (image, { signal }) => act('askRegistry', image, signal, () => undefined),
      create: (spec, { signal }) =>
        act('create', spec.name, signal, () => {
          this.labels.set(spec.name, spec.labels);
          this.created.set(spec.name, [...(this.created.get(spec.name) ?? []), spec]);
          this.containers.set(spec.name, { ...observedContainer(spec), running: false });
        }),
      start: (name, { signal }) => act('start', name, signal, () => this.#change(name, { running: true })),
      stop: (name, { signal }) => act('stop', name, signal, () => this.#change(name, { running: false })),
      rename: (name, newName, { signal, replaces = false }) =>
        act('rename', name, signal, () => {
          if (!replaces && this.containers.has(newName))
            throw dockerError('DOCKER_CALL', `the name ${newName} is taken`, { host: this.address });
          this.#change(name, { name: newName });
          const container = this.containers.get(name);
          this.containers.delete(name);
          if (container !== undefined) this.containers.set(newName, container);
        }),
      remove: (name, { signal }) => act('remove', name, signal, () => this.containers.delete(name)),
      wait: () => Promise.resolve(this.exitCode),
      logs: () => Promise.resolve(['last words']),
      streamLogs: () => Promise.resolve(),
      putArchive: (name, _path, tar, { signal }) =>
        act('putArchive', name, signal, () => this.archives.push(tar)),
      getArchive: () => Promise.resolve(undefined),
    };
  }
}

function summary(
  { id, name, image, running }: ObservedContainer,
  labels: Readonly<Record<string, string>>,
): ContainerSummary {
  return { id, name, image, running, labels, networkMode: 'default' };
}
