import { readFileSync } from 'node:fs';
import { hash } from '../../src/core/stable.js';
import { observedContainer, type InspectAnswer } from '../../src/host/docker/docker-requests.js';
import type { ObservedImage } from '../../src/host/host.js';
import type { ClusterPlan, KubeObject, NodePlan } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster, ObservedFile, ObservedHost } from '../../src/reconcile/observed.js';
import { sampleFacts } from '../fakes/cluster.js';

const folder = new URL('../fixtures/vectors/takeover/three/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

/** The cluster.yml with which RKE made the cluster. */
export const clusterYml = read('cluster.yml');
export const hosts = ['172.30.0.81', '172.30.0.82', '172.30.0.83'];
/** `docker inspect` of RKE's containers, by host. */
export const inspected = hosts.map(
  (_address, index) => JSON.parse(read(`inspect-an${index + 1}.json`)) as InspectAnswer[],
);
const listings = hosts.map((_address, index) => listingOf(read(`files-an${index + 1}.txt`)));

/**
 * What is found where RKE has left a plan's hosts.
 *
 * @param answers `docker inspect` of each host
 */
export function observedCluster(
  plan: ClusterPlan,
  answers: readonly (readonly InspectAnswer[])[] = inspected,
): ObservedCluster {
  const nodes = plan.nodes.map(nodeObject);
  return {
    hosts: new Map(
      plan.nodes.map((node, index) => [node.node.address, observedHost(node, answers[index] ?? [], index)]),
    ),
    kube: {
      nodes: new Map(nodes.map((node) => [node.metadata.name, node])),
      addons: new Map(),
      unavailableAddons: new Set(),
    },
  };
}

function observedHost(node: NodePlan, answers: readonly InspectAnswer[], index: number): ObservedHost {
  return {
    facts: sampleFacts,
    containers: new Map(answers.map(observedContainer).map((container) => [container.name, container])),
    leftovers: [],
    runningLeftovers: new Set(),
    foreign: [],
    images: imagesOf(inspected[index] ?? []),
    listening: new Set(),
    files: filesOf(node, listings[index] ?? new Map<string, Listed>()),
  };
}

/** Docker merges an image's environment into that of its containers: what all containers of an image have. */
function imagesOf(answers: readonly InspectAnswer[]): Map<string, ObservedImage> {
  const images = new Map<string, ObservedImage>();
  for (const { image, env } of answers.map(observedContainer)) {
    const known = images.get(image)?.env ?? env;
    images.set(image, { id: image, env: known.filter((entry) => env.includes(entry)) });
  }
  return images;
}

interface Listed {
  readonly mode: number;
  readonly owner: string;
  readonly size: number;
}

/** The listings tell of mode, owner and size; where all three are as planned, the content is taken to be. */
function filesOf(node: NodePlan, listing: ReadonlyMap<string, Listed>): Map<string, ObservedFile> {
  return new Map(
    node.files.flatMap(({ path, content, mode }) => {
      const found = listing.get(path);
      const isSame = found?.mode === mode && found.owner === 'root:root' && found.size === content.length;
      return isSame ? [[path, { sha256: hash('sha256', content), mode, uid: 0, gid: 0 }] as const] : [];
    }),
  );
}

/** Lines of `stat`: `-rw------- root:root 1058 /etc/kubernetes/ssl/kube-ca.pem`. */
function listingOf(text: string): Map<string, Listed> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, bits = '', owner = '', size = '', path = ''] = /^-(\S{9}) (\S+) (\d+) (\S+)$/.exec(line) ?? [];
      const mode = Number.parseInt(bits.replace(/[^-]/g, '1').replaceAll('-', '0'), 2);
      return path === '' ? [] : [[path, { mode, owner, size: Number(size) }] as const];
    }),
  );
}

function nodeObject({ node, labels, annotations, taints }: NodePlan): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.hostnameOverride, labels, annotations },
    spec: { taints },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}
