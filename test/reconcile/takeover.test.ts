import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { planEncryption } from '../../src/run/encryption/encryption-of-run.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import { loadCluster } from '../../src/config/validate.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { decodeState, encodeState } from '../../src/state/codec.js';
import { withDesired } from '../../src/state/next-state.js';
import { sampleFacts } from '../fakes/cluster.js';
import { reconcile, rkeBundle, stateText } from '../pki/takeover.js';
import { inspectShapes } from './inspect-shapes.js';
import { clusterYml, hosts, inspected, observedCluster } from './left-by-rke.js';

const catalog = await loadCatalog();
const state = decodeState(stateText, 'cluster.rkestate');
const running = state.currentState.rkeConfig;
/** The same cluster in the words of `rke config`, which writes every key and leaves most of them empty. */
const inFull = readFileSync(new URL('../fixtures/takeover/three-in-full.yml', import.meta.url), 'utf8');

describe.each([
  ['a cluster that RKE made', clusterYml],
  ['one with all the empty keys of rke config', inFull],
])('%s', (_which, text) => {
  it('needs nothing', async () => {
    expect(namesOf(await planAgain(text))).toEqual([]);
  });

  it('keeps its state file to the last byte', async () => {
    const { spec, certificates, encryptionConfig } = await wanted(text);
    expect(encodeState(withDesired(state, spec, { certificates, encryptionConfig }))).toBe(stateText);
  });

  it('gets just the container with the changed argument replaced, on every host that has it', async () => {
    const changed = text.replace(
      / {2}kube-api:\n( {4}image: ''\n {4}extra_args: {}\n)?/,
      '  kube-api:\n    extra_args: { v: "4" }\n',
    );
    const operations = await planAgain(changed);
    expect(operations.filter(({ kind }) => !kind.startsWith('await')).map(({ id }) => id)).toEqual(
      hosts.map((address) => `run:kube-apiserver@${address}`),
    );
  });
});

describe('a cluster that RKE made, on another Docker', () => {
  it.each(inspectShapes)('needs nothing if there are %s', async (_what, shape) => {
    const answers = inspected.map((containers) => containers.map(shape));
    expect(answers).not.toEqual(inspected);
    expect(namesOf(await planAgain(clusterYml, answers))).toEqual([]);
  });
});

const namesOf = (operations: readonly Operation[]): string[] =>
  operations.map(({ id, title }) => `${id}: ${title}`);

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
  const encryption = planEncryption(loaded.value, state, noKey);
  expect(encryption.steps).toEqual([]);
  return {
    spec: loaded.value,
    certificates: bundle,
    encryptionConfig: encryption.text,
  };
}

async function planAgain(text: string, answers = inspected): Promise<readonly Operation[]> {
  const { spec, ...secrets } = await wanted(text);
  const facts = new Map(hosts.map((address) => [address, sampleFacts]));
  const plan = planCluster({ spec, catalog }, facts, secrets, running);
  return planUp(plan, observedCluster(plan, answers), { addonTimeoutSeconds: 180 }).operations;
}
