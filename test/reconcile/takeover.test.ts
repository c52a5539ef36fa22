import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/cli/catalog-file.js';
import { planCluster } from '../../src/cli/plan-cluster.js';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import { loadCluster } from '../../src/config/validate.js';
import { hash } from '../../src/core/stable.js';
import { observedContainer, type InspectAnswer } from '../../src/host/docker-requests.js';
import type { ObservedImage } from '../../src/host/host.js';
import type { ClusterPlan, KubeObject, NodePlan } from '../../src/plan/cluster-plan-types.js';
import { resolveEncryption } from '../../src/plan/encryption.js';
import type { ObservedCluster, ObservedFile, ObservedHost } from '../../src/reconcile/observed.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import type { OperationPlan } from '../../src/reconcile/operations.js';
import { decodeState, encodeState } from '../../src/state/codec.js';
import { withDesired } from '../../src/state/next-state.js';
import { sampleFacts } from '../fakes/cluster.js';
import { reconcile, rkeBundle, stateText } from '../pki/takeover.js';

const folder = new URL('../fixtures/vectors/takeover/three/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const catalog = await loadCatalog();
const state = decodeState(stateText, 'cluster.rkestate');
const running = state.currentState.rkeConfig;
const hosts = ['172.30.0.81', '172.30.0.82', '172.30.0.83'];
const inspected = hosts.map(
  (_address, index) => JSON.parse(read(`inspect-an${index + 1}.json`)) as InspectAnswer[],
);
const listings = hosts.map((_address, index) => listingOf(read(`files-an${index + 1}.txt`)));

describe('a cluster that RKE made', () => {
  it('needs nothing', async () => {
    const { operations } = await planAgain(read('cluster.yml'));
    expect(operations.map(({ id, title }) => `${id}: ${title}`)).toEqual([]);
  });

  it('keeps its state file to the last byte', async () => {
    const { spec, certificates, encryptionConfig } = await wanted(read('cluster.yml'));
    expect(encodeState(withDesired(state, spec, { certificates, encryptionConfig }))).toBe(stateText);
  });

  it('gets just the container with the changed argument replaced, on every host that has it', async () => {
    const changed = read('cluster.yml').replace('  kube-api:\n', '  kube-api:\n    extra_args: { v: "4" }\n');
    const { operations } = await planAgain(changed);
    expect(operations.filter(({ kind }) => !kind.startsWith('await')).map(({ id }) => id)).toEqual(
      hosts.map((address) => `run:kube-apiserver@${address}`),
    );
  });
});

async function wanted(
  text: string,
): Promise<{ spec: ClusterSpec; certificates: typeof rkeBundle; encryptionConfig: string }> {
  const loaded = loadCluster(text, { catalog, forChange: true, running });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const { bundle, changes } = await reconcile(loaded.value, rkeBundle);
  expect(changes).toEqual([]);
  const noKey = (): never => {
    throw new Error('no key must be made here');
  };
  const existing = state.currentState.encryptionConfig;
  return {
    spec: loaded.value,
    certificates: bundle,
    encryptionConfig: resolveEncryption(loaded.value, existing, noKey),
  };
}

async function planAgain(text: string): Promise<OperationPlan> {
  const { spec, ...secrets } = await wanted(text);
  const facts = new Map(hosts.map((address) => [address, sampleFacts]));
  const plan = planCluster({ spec, catalog }, facts, secrets, running);
  return planUp(plan, observedCluster(plan), 180);
}

function observedCluster(plan: ClusterPlan): ObservedCluster {
  const nodes = plan.nodes.map(nodeObject);
  return {
    hosts: new Map(plan.nodes.map((node, index) => [node.node.address, observedHost(node, index)])),
    kube: {
      nodes: new Map(nodes.map((node) => [node.metadata.name, node])),
      addons: new Map(),
      unavailableAddons: new Set(),
    },
  };
}

function observedHost(node: NodePlan, index: number): ObservedHost {
  const answers = inspected[index] ?? [];
  return {
    facts: sampleFacts,
    containers: new Map(answers.map(observedContainer).map((container) => [container.name, container])),
    leftovers: [],
    images: imagesOf(answers),
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
