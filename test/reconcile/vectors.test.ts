import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { planEncryption } from '../../src/run/encryption/encryption-of-run.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import { loadCluster } from '../../src/config/validate.js';
import { observedContainer } from '../../src/host/docker/docker-requests.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { observedFrom } from '../fakes/cluster.js';
import { placeholderKey } from '../plan/plan-vector.js';
import { ownVectors, readVector, vectorFacts, vectorNames, type Vector } from '../plan/vector.js';
import { inspectAnswers, pathOfImage } from './inspect-vector.js';

const catalog = await loadCatalog();

/** Vectors that cannot tell. */
const without = new Set([
  '023-ingress-mode-none-extras', // Its `emptyDir: {}` is left out of the vector, but not of a state.
  '054-windows-worker', // `rke up` refuses Windows,
  '055-windows-cloud-registry',
  '058-ipv6-only', // No component starts with the URLs that RKE makes of its addresses.
  '091-no-controlplane', // and a cluster without control plane.
]);
const accepted = vectorNames(ownVectors).filter(
  (name) => readVector(name, ownVectors).ok && !without.has(name),
);

describe('a cluster that RKE made of a vector needs nothing', () => {
  it.each(accepted)('%s', (name) => {
    const vector = readVector(name, ownVectors);
    const plan = planOf(name, vector);
    const { operations } = planUp(plan, withContainers(observedFrom(plan), vector), {
      addonTimeoutSeconds: 180,
    });
    expect(operations.map(({ id, title }) => `${id}: ${title}`)).toEqual([]);
  });
});

function planOf(name: string, vector: Vector): ClusterPlan {
  const running = { ...vector.resolved, ...vector.resolvedSecondPass };
  const loaded = loadCluster(readFileSync(`${ownVectors}/${name}.yml`, 'utf8'), {
    catalog,
    allowUnknown: true,
    allowDuplicateKeys: true,
    allowImageMismatch: true,
    running,
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const encryptionConfig = planEncryption(loaded.value, undefined, placeholderKey).text;
  const secrets = { certificates: {}, encryptionConfig };
  return planCluster({ spec: loaded.value, catalog }, vectorFacts(vector), secrets, running);
}

/** The same hosts, with RKE's containers. */
function withContainers(observed: ObservedCluster, vector: Vector): ObservedCluster {
  const hosts = [...observed.hosts].map(([address, host]) => {
    const containers = inspectAnswers(vector.nodes[address]).map(observedContainer);
    const images = [...host.images].map(
      ([image, found]) => [image, { ...found, env: [pathOfImage] }] as const,
    );
    return [
      address,
      { ...host, containers: new Map(containers.map((one) => [one.name, one])), images: new Map(images) },
    ] as const;
  });
  return {
    hosts: new Map(hosts),
    // No add-on has our record.
    kube: observed.kube && { ...observed.kube, addons: new Map() },
  };
}
