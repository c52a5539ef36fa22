import { fieldManager } from '../core/field-manager.js';
import { recordAt } from '../core/fields.js';
import type { CallOptions } from '../host/host.js';
import { describeRef, objectRef } from '../plan/addons/object-ref.js';
import type { KubeObject, ObjectRef } from '../plan/cluster-plan-types.js';
import { isSuccess, readList, readObject, type Page } from './answers.js';
import { answerError } from './api-error.js';
import { ControlPlanes } from './control-planes.js';
import type { ApiHost } from './direct-host.js';
import { Discovery } from './discovery.js';
import { evictionOf, readEviction } from './eviction.js';
import type {
  ApplyOptions,
  DeleteOptions,
  EvictOptions,
  ExclusiveWrites,
  KubeApi,
  ListRef,
  PageOptions,
  ReadOptions,
} from './kube.js';
import { readContents } from './namespace-contents.js';
import { collectionPath, listQuery, objectPath, withScope } from './paths.js';
import type { EndpointTiming } from './endpoint.js';
import { retry, type RetryOptions } from './retry.js';
import type { ApiCertificates } from './tls-agent.js';

export interface KubeApiOptions {
  /** Connected control-plane hosts; the first that answers is used. */
  readonly controlPlanes: readonly ApiHost[];
  /** Of the bundle's kube-admin. */
  readonly certificates: ApiCertificates;
  readonly timing?: KubeTiming | undefined;
}

/** Other limits than the usual ones; for tests. */
export interface KubeTiming extends EndpointTiming {
  /** Limit for a call that is repeated while the API server does not answer. */
  readonly retryMilliseconds?: number;
}

/**
 * The Kubernetes API of a cluster, through SSH to its control-plane hosts. Connects at the first call; disposing closes the
 * connections to the API, not those to the hosts.
 */
export function createKubeApi({
  controlPlanes,
  certificates,
  timing,
}: KubeApiOptions): KubeApi & ExclusiveWrites & AsyncDisposable {
  return new KubeClient(new ControlPlanes(controlPlanes, certificates, timing), timing);
}

/** Objects in one answer of a list. */
const listSize = 500;

class KubeClient implements KubeApi, ExclusiveWrites, AsyncDisposable {
  readonly #controlPlanes: ControlPlanes;
  readonly #discovery: Discovery;
  readonly #timing: KubeTiming;

  constructor(controlPlanes: ControlPlanes, timing: KubeTiming = {}) {
    this.#timing = timing;
    this.#controlPlanes = controlPlanes;
    this.#discovery = new Discovery(controlPlanes);
  }

  get(ref: ObjectRef, options: ReadOptions): Promise<KubeObject | undefined> {
    return this.#patiently(async () => {
      const resource = await this.#discovery.find(ref, options);
      if (resource === undefined) return undefined;
      const request = { method: 'GET', path: objectPath(ref, resource) } as const;
      const answer = await this.#controlPlanes.request(request, options);
      return answer.status === 404 ? undefined : readObject(`read ${describeRef(ref)}`, answer);
    }, options);
  }

  async list(ref: ListRef, options: ReadOptions): Promise<readonly KubeObject[]> {
    const found: KubeObject[] = [];
    for await (const page of this.pages(ref, { ...options, size: listSize })) found.push(...page);
    return found;
  }

  async *pages(ref: ListRef, options: PageOptions): AsyncGenerator<readonly KubeObject[]> {
    let next: string | undefined = '';
    while (next !== undefined) {
      const page: Page = await this.#page(ref, next, options);
      yield page.items;
      next = page.next;
    }
  }

  #retry<Value>(call: () => Promise<Value>, options: RetryOptions): Promise<Value> {
    return retry(call, { milliseconds: this.#timing.retryMilliseconds, ...options });
  }

  /** Makes a read once, or repeatedly like a write, as the caller wants. */
  #patiently<Value>(read: () => Promise<Value>, options: ReadOptions): Promise<Value> {
    return options.patient === true ? this.#retry(read, options) : read();
  }

  #page(ref: ListRef, next: string, options: PageOptions): Promise<Page> {
    return this.#patiently(async () => {
      const resource = await this.#discovery.require(ref, options);
      const path = `${collectionPath(ref, resource)}?${listQuery(ref, { next, size: options.size })}`;
      return readList(ref, await this.#controlPlanes.request({ method: 'GET', path }, options));
    }, options);
  }

  async isNamespaced(
    kind: Pick<ObjectRef, 'apiVersion' | 'kind'>,
    options: CallOptions,
  ): Promise<boolean | undefined> {
    return (await this.#discovery.find(kind, options))?.isNamespaced;
  }

  contentsOf(namespace: string, options: CallOptions): Promise<readonly ObjectRef[]> {
    return readContents(namespace, this.#controlPlanes, options);
  }

  async metrics(options: CallOptions): Promise<readonly string[]> {
    const answers = await this.#controlPlanes.requestAll({ method: 'GET', path: '/metrics' }, options);
    return answers.filter(isSuccess).map(({ body }) => body);
  }

  async apply(object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    const ref = objectRef(object);
    const what = `apply ${describeRef(ref)}`;
    const call = async (): Promise<KubeObject> => {
      const resource = await this.#discovery.require(ref, options);
      const path = `${objectPath(ref, resource)}?fieldManager=${fieldManager}&force=true`;
      // JSON is YAML.
      const body = JSON.stringify(withScope(object, resource));
      const patch = { method: 'PATCH', path, contentType: 'application/apply-patch+yaml', body } as const;
      return readObject(what, await this.#controlPlanes.request(patch, options));
    };
    return options.once === true ? call() : this.#retry(call, options);
  }

  async mergePatch(
    ref: ObjectRef,
    patch: Readonly<Record<string, unknown>>,
    options: CallOptions,
  ): Promise<KubeObject> {
    const isConditional = recordAt(patch, 'metadata')['resourceVersion'] !== undefined;
    return this.#retry(
      async () => {
        const resource = await this.#discovery.require(ref, options);
        const path = `${objectPath(ref, resource)}?fieldManager=${fieldManager}`;
        const body = JSON.stringify(patch);
        const request = { method: 'PATCH', path, contentType: 'application/merge-patch+json', body } as const;
        return readObject(`change ${describeRef(ref)}`, await this.#controlPlanes.request(request, options));
      },
      { ...options, unless: isConditional ? 'KUBE_CONFLICT' : undefined },
    );
  }

  async create(object: KubeObject, options: CallOptions): Promise<KubeObject | undefined> {
    const ref = objectRef(object);
    const resource = await this.#discovery.require(ref, options);
    const path = `${collectionPath(ref, resource)}?fieldManager=${fieldManager}`;
    const body = JSON.stringify(withScope(object, resource));
    const request = { method: 'POST', path, contentType: 'application/json', body } as const;
    const answer = await this.#controlPlanes.request(request, options);
    return answer.status === 409 ? undefined : readObject(`create ${describeRef(ref)}`, answer);
  }

  async replace(object: KubeObject, options: CallOptions): Promise<KubeObject | undefined> {
    const ref = objectRef(object);
    const resource = await this.#discovery.require(ref, options);
    const path = `${objectPath(ref, resource)}?fieldManager=${fieldManager}`;
    const body = JSON.stringify(withScope(object, resource));
    const request = { method: 'PUT', path, contentType: 'application/json', body } as const;
    const answer = await this.#controlPlanes.request(request, options);
    const isOther = answer.status === 409 || answer.status === 404;
    return isOther ? undefined : readObject(`replace ${describeRef(ref)}`, answer);
  }

  async delete(ref: ObjectRef, options: DeleteOptions): Promise<void> {
    await this.#retry(async () => {
      const resource = await this.#discovery.find(ref, options);
      if (resource === undefined) return;
      const body = JSON.stringify({
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: options.isForeground === true ? 'Foreground' : 'Background',
        ...(options.gracePeriodSeconds === undefined
          ? {}
          : { gracePeriodSeconds: options.gracePeriodSeconds }),
      });
      const path = objectPath(ref, resource);
      const request = { method: 'DELETE', path, contentType: 'application/json', body } as const;
      const answer = await this.#controlPlanes.request(request, options);
      if (answer.status !== 404 && !isSuccess(answer))
        throw answerError(`delete ${describeRef(ref)}`, answer, answer.host);
    }, options);
  }

  async evict(pod: ObjectRef, { gracePeriodSeconds, ...options }: EvictOptions): Promise<string | undefined> {
    const resource = await this.#discovery.require(pod, options);
    // Evictions came with the budgets: policy/v1beta1 up to 1.24, policy/v1 from 1.22.
    const old = await this.#discovery.find(
      { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget' },
      options,
    );
    const apiVersion = old === undefined ? 'policy/v1' : 'policy/v1beta1';
    const path = `${objectPath(pod, resource)}/eviction`;
    const body = JSON.stringify(evictionOf(pod, { apiVersion, gracePeriodSeconds }));
    const request = { method: 'POST', path, contentType: 'application/json', body } as const;
    return readEviction(pod, await this.#controlPlanes.request(request, options));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#controlPlanes.close();
    return Promise.resolve();
  }
}
