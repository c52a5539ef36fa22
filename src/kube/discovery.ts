import { kubeError } from '../core/errors.js';
import { isRecord } from '../core/stable.js';
import type { CallOptions } from '../host/host.js';
import { answerError } from './api-error.js';
import type { ControlPlanes } from './control-planes.js';
import { SharedWork } from './shared-work.js';

/** Names of a kind in URLs. */
export interface ApiResource {
  readonly plural: string;
  readonly isNamespaced: boolean;
}

interface KindRef {
  readonly apiVersion: string;
  readonly kind: string;
}

type Resources = ReadonlyMap<string, ApiResource>;

/** Looks up, once per API version, the paths of its kinds: built-in, aggregated and custom ones. */
export class Discovery {
  readonly #controlPlanes: ControlPlanes;
  readonly #known = new Map<string, Resources>();
  readonly #asked = new Map<string, SharedWork<Resources>>();

  constructor(controlPlanes: ControlPlanes) {
    this.#controlPlanes = controlPlanes;
  }

  /** @returns undefined if the cluster does not serve the kind; it is looked up again next time */
  async find({ apiVersion, kind }: KindRef, options: CallOptions): Promise<ApiResource | undefined> {
    const known = this.#known.get(apiVersion)?.get(kind);
    if (known !== undefined) return known;
    options.signal.throwIfAborted();
    const resources = await this.#ask(apiVersion).join(options.signal);
    this.#known.set(apiVersion, resources);
    return resources.get(kind);
  }

  /** Concurrent calls share one request. */
  #ask(apiVersion: string): SharedWork<Resources> {
    const asked = this.#asked.get(apiVersion);
    if (asked !== undefined && !asked.isOver) return asked;
    const work = new SharedWork((signal) => this.#fetch(apiVersion, { signal }));
    this.#asked.set(apiVersion, work);
    return work;
  }

  /** @throws RkeError KUBE_NO_SUCH_KIND (retryable: its CustomResourceDefinition may be added soon) */
  async require(ref: KindRef, options: CallOptions): Promise<ApiResource> {
    const resource = await this.find(ref, options);
    if (resource !== undefined) return resource;
    throw kubeError('KUBE_NO_SUCH_KIND', `the cluster does not serve kind ${ref.kind} of ${ref.apiVersion}`, {
      retryable: true,
    });
  }

  async #fetch(apiVersion: string, options: CallOptions): Promise<Resources> {
    const answer = await this.#controlPlanes.request(
      { method: 'GET', path: versionPath(apiVersion) },
      options,
    );
    if (answer.status === 404) return new Map();
    if (answer.status !== 200) throw answerError(`look up ${apiVersion}`, answer, answer.host);
    try {
      return parseResources(answer.body);
    } catch (cause) {
      const message = `cannot look up ${apiVersion}: invalid answer of the API`;
      throw kubeError('KUBE_BAD_ANSWER', message, { host: answer.host, cause });
    }
  }
}

/** `v1` is the one version without a group. */
export function versionPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function parseResources(body: string): Resources {
  const found = new Map<string, ApiResource>();
  const answer: unknown = JSON.parse(body);
  const resources = isRecord(answer) && Array.isArray(answer['resources']) ? answer['resources'] : [];
  for (const resource of resources as readonly unknown[]) {
    if (!isRecord(resource)) continue;
    const { kind, name, namespaced } = resource;
    // Subresources such as `deployments/scale` have kinds of their own, or the kind of their parent.
    if (typeof kind !== 'string' || typeof name !== 'string' || name.includes('/')) continue;
    found.set(kind, { plural: name, isNamespaced: namespaced === true });
  }
  return found;
}
