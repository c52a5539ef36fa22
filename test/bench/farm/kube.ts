import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { text } from 'node:stream/consumers';
import { recordAt } from '../../../src/core/fields.js';
import { isRecord } from '../../../src/core/stable.js';
import type { CertificateBundle } from '../../../src/pki/certificates.js';
import { recordOf, recordsObject } from '../../../src/plan/addons/addon-record.js';
import type { ClusterPlan, KubeObject, NodePlan } from '../../../src/plan/cluster-plan-types.js';
import { reply } from '../../host/fake-docker.js';

/**
 * The API of a cluster that matches its plan; it stores what is written.
 *
 * @param hosts what runs on them at the moment, by the name of the node
 */
export function createKube(
  plan: ClusterPlan,
  bundle: CertificateBundle,
  hosts: ReadonlyMap<string, NodePlan>,
): Server {
  const { certificatePEM: cert = '', keyPEM: key = '' } = bundle['kube-apiserver'] ?? {};
  const store = new Store(plan, hosts);
  return createServer({ cert, key }, (request, response) => {
    // A run may end in the middle of a request.
    store.answer(request, response).catch(() => response.destroy());
  });
}

const clusterWide = new Set(['Node', 'Namespace']);
/** Any plural name for a kind is fine, as long as it is used consistently. */
const pluralOf = (kind: string): string => `${kind.toLowerCase()}s`;

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

class Store {
  readonly #objects = new Map<string, KubeObject>();
  readonly #kinds = new Map<string, Map<string, Resource>>();
  readonly #hosts: ReadonlyMap<string, NodePlan>;
  #version = 1;

  constructor(plan: ClusterPlan, hosts: ReadonlyMap<string, NodePlan>) {
    this.#hosts = hosts;
    for (const [apiVersion, kind] of [
      ['v1', 'Node'],
      ['v1', 'Namespace'],
      ['v1', 'ConfigMap'],
      ['v1', 'Secret'],
      ['v1', 'Pod'],
      ['coordination.k8s.io/v1', 'Lease'],
    ] as const)
      this.#serve(apiVersion, kind, !clusterWide.has(kind));
    for (const node of plan.nodes) this.#put(nodeObject(node));
    for (const object of plan.addons.flatMap(({ objects }) => objects)) {
      this.#serve(object.apiVersion, object.kind, object.metadata.namespace !== undefined);
      this.#put({ ...object, status: workingStatus });
    }
    this.#put(recordsObject(new Map(plan.addons.map((addon) => [addon.name, recordOf(addon)]))));
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://kubernetes');
    const body: unknown = JSON.parse((await text(request)) || 'null');
    const [, apiVersion = '', rest = ''] =
      /^\/(?:api\/(?=v1)|apis\/(?=[^/]+\/))((?:[^/]+\.[^/]+\/|apps\/|batch\/|policy\/)?v\w+)(.*)$/.exec(
        url.pathname,
      ) ?? [];
    if (url.pathname === '/healthz') {
      response.end('ok');
      return;
    }
    if (rest === '') {
      const resources = [...(this.#kinds.get(apiVersion)?.values() ?? [])];
      reply(response, resources.length === 0 ? 404 : 200, { resources });
      return;
    }
    const key = `${apiVersion}${rest}`;
    const selected = labelsIn(url.searchParams.get('labelSelector'));
    if (key.startsWith('v1/nodes'))
      this.#report(selected ?? (rest === '/nodes' ? this.#hosts.keys() : [rest.slice(7)]));
    const found = this.#objects.get(key);
    if (request.method === 'GET' && found === undefined && this.#isList(apiVersion, rest))
      this.#list(key, url.searchParams, response, selected);
    else if (request.method === 'GET') reply(response, found === undefined ? 404 : 200, found ?? notFound);
    else if (request.method === 'DELETE') {
      this.#objects.delete(key);
      reply(response, found === undefined ? 404 : 200, { status: 'Success' });
    } else if (isRecord(body))
      reply(response, 200, this.#write(merged(found ?? { status: workingStatus }, body) as KubeObject));
    else reply(response, 400, notFound);
  }

  /** What the kubelets that run have reported. */
  #report(names: Iterable<string>): void {
    for (const name of names) {
      const host = this.#hosts.get(name);
      const kubelet = host?.containers.find((one) => one.name === 'kubelet');
      if (host === undefined || kubelet?.started !== true) continue;
      const node = this.#objects.get(`v1/nodes/${name}`) ?? this.#put(nodeObject(host));
      const status = recordAt(node, 'status');
      const kubeletVersion = /:(v[\d.]+)/.exec(kubelet.image)?.[1];
      const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: new Date().toISOString() };
      this.#put({ ...node, status: { ...status, conditions: [ready], nodeInfo: { kubeletVersion } } });
    }
  }

  #isList(apiVersion: string, rest: string): boolean {
    const last = rest.split('/').at(-1);
    return [...(this.#kinds.get(apiVersion)?.values() ?? [])].some(({ name }) => name === last);
  }

  #list(key: string, query: URLSearchParams, response: ServerResponse, names?: readonly string[]): void {
    const all =
      names?.flatMap((name) => this.#objects.get(`${key}/${name}`) ?? []) ??
      [...this.#objects].filter(([name]) => name.startsWith(`${key}/`)).map(([, object]) => object);
    const start = Number(query.get('continue') ?? 0);
    const end = start + Number(query.get('limit') ?? all.length);
    reply(response, 200, {
      metadata: end < all.length ? { continue: String(end) } : {},
      items: all.slice(start, end),
    });
  }

  #serve(apiVersion: string, kind: string, namespaced: boolean): void {
    const kinds = this.#kinds.get(apiVersion) ?? new Map<string, Resource>();
    this.#kinds.set(
      apiVersion,
      kinds.set(kind, { name: pluralOf(kind), kind, namespaced, verbs: ['list', 'delete'] }),
    );
  }

  #write(object: KubeObject): KubeObject {
    this.#version += 1;
    const version = String(this.#version);
    const metadata = { uid: version, ...object.metadata, resourceVersion: version };
    return this.#put({ ...object, metadata });
  }

  #put(object: KubeObject): KubeObject {
    const { apiVersion, kind, metadata } = object;
    const namespace = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
    this.#objects.set(`${apiVersion}${namespace}/${pluralOf(kind)}/${metadata.name}`, object);
    return object;
  }
}

/** The values of the only kind of selector by which nodes are listed; the label of a node is its name. */
function labelsIn(selector: string | null): readonly string[] | undefined {
  return /^kubernetes\.io\/hostname in \((.*)\)$/.exec(selector ?? '')?.[1]?.split(',');
}

/** Merges two values at every depth; members of the second override those of the first. */
function merged(before: unknown, change: unknown): unknown {
  if (!isRecord(before) || !isRecord(change)) return change;
  const members = Object.entries(change).map(([name, member]) => [name, merged(before[name], member)]);
  return { ...before, ...Object.fromEntries(members) };
}

const notFound = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };

const workingStatus = {
  observedGeneration: 1,
  replicas: 1,
  updatedReplicas: 1,
  availableReplicas: 1,
  desiredNumberScheduled: 1,
  updatedNumberScheduled: 1,
  numberReady: 1,
  conditions: ['Available', 'Established', 'Complete', 'Ready'].map((type) => ({ type, status: 'True' })),
};

/** About as large as nodes of real clusters, which list up to fifty images. */
function nodeObject({ node, labels, annotations, taints }: NodePlan): KubeObject {
  const name = node.hostnameOverride;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { ...labels, 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
      annotations,
    },
    spec: { taints },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: node.internalAddress }],
      images: Array.from({ length: 50 }, (_, index) => ({
        names: [`registry.example.com/team/image-${index}@sha256:${'0'.repeat(64)}`, `image-${index}:v1`],
        sizeBytes: 123_456_789,
      })),
    },
  };
}
