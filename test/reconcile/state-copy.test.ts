import { describe, expect, it } from 'vitest';
import { stateCopyLimit, encodeStateCopy, decodeStateCopy } from '../../src/plan/state-copy.js';
import type { ObservedCluster, ObservedStateCopy } from '../../src/reconcile/observed.js';
import type { Operation, OperationPlan } from '../../src/reconcile/operations.js';
import { isCopied, addStateCopies } from '../../src/reconcile/intents/state-copy.js';

const unchanged = { containers: 0, files: 0, addons: 0 };
const gate: Operation = {
  id: 'healthy:kube-apiserver',
  stage: 'controlplane',
  title: 'a kube-apiserver answers',
  after: [],
  kind: 'await-healthy',
  checks: [],
  need: 1,
  timeoutSeconds: 1,
};
const other: Operation = { ...gate, id: 'ready@10.0.0.1' };

function plan(operations: readonly Operation[]): OperationPlan {
  return { operations, unchanged };
}

function cluster(stateCopy?: ObservedStateCopy): ObservedCluster {
  const kube = { nodes: new Map(), addons: new Map(), unavailableAddons: new Set<string>() };
  return { hosts: new Map(), kube: stateCopy === undefined ? kube : { ...kube, stateCopy } };
}

function written(...args: Parameters<typeof addStateCopies>): unknown[] {
  return addStateCopies(...args).operations.flatMap((one) =>
    one.kind === 'copy-state' ? [[one.text, one.after]] : [],
  );
}

describe('addStateCopies', () => {
  it('writes nothing if nothing is done and the copy is the same', () => {
    const copy = { text: 'same', isOld: false };
    expect(written(plan([]), { before: 'same', after: 'same' }, cluster(copy))).toEqual([]);
  });

  it('writes the keys as soon as the API answers, and the end when all is done', () => {
    const texts = { before: 'keys', after: 'end' };
    expect(written(plan([gate, other]), texts, cluster())).toEqual([
      ['keys', [gate.id]],
      ['end', [gate.id, other.id, 'state']],
    ]);
  });

  it('writes only the end if the copy has the keys already', () => {
    const copy = { text: 'keys', isOld: false };
    expect(written(plan([other]), { before: 'keys', after: 'end' }, cluster(copy))).toEqual([
      ['end', [other.id]],
    ]);
  });

  it('writes nothing if only paths on the machine of whoever ran rke differ', () => {
    const from = (folder: string, sans = '10.0.0.1'): string =>
      JSON.stringify({
        desiredState: {
          rkeConfig: {
            nodes: [{ address: '10.0.0.1', sshKeyPath: `${folder}/id`, sshCertPath: `${folder}/id.crt` }],
            services: { kubeApi: { pspPath: sans } },
            sshKeyPath: `${folder}/id`,
            bastionHost: { sshKeyPath: `${folder}/id` },
          },
          certificatesBundle: {
            'kube-admin': { name: 'kube-admin', configPath: `${folder}/kube_config_cluster.yml` },
          },
        },
      });
    const after = from('/home/a');
    const copy = (text: string): ObservedCluster => cluster({ text, isOld: false });
    expect(written(plan([]), { before: after, after }, copy(from('./b')))).toEqual([]);
    expect(written(plan([]), { before: after, after }, copy(from('/home/a', 'other')))).toHaveLength(1);
    expect(
      written(plan([]), { before: after, after }, copy(after.replace('kube-admin', 'kube-node'))),
    ).toHaveLength(1);
  });

  it('overwrites a copy that is not JSON', () => {
    const copy = { text: '{"desiredState"', isOld: false };
    expect(written(plan([]), { before: '{}', after: '{}' }, cluster(copy))).toEqual([['{}', []]]);
  });

  it('replaces the ConfigMap of old versions with the first change, and not before', () => {
    const copy = { text: 'same', isOld: true };
    const texts = { before: 'same', after: 'same' };
    expect(written(plan([other]), texts, cluster(copy))).toEqual([['same', []]]);
    expect(written(plan([]), texts, cluster(copy))).toEqual([]);
  });

  it('writes if the copy could not be read', () => {
    expect(written(plan([gate]), { before: 'a', after: 'a' }, { hosts: new Map(), kube: undefined })).toEqual(
      [['a', [gate.id]]],
    );
  });

  it('leaves out what a Secret cannot hold', () => {
    const large = 'x'.repeat(stateCopyLimit + 1);
    expect(written(plan([gate]), { before: large, after: large }, cluster())).toEqual([]);
  });
});

describe('stateCopyText', () => {
  const secret = encodeStateCopy('{"desiredState":{}}');

  it('gives back what was written', () => {
    expect(decodeStateCopy(secret)).toBe('{"desiredState":{}}');
    expect(secret['type']).toBe('Opaque');
  });

  it('reads the ConfigMap of old versions, which is not in base64', () => {
    const { metadata } = secret;
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'full-cluster-state': '{}' } };
    expect(decodeStateCopy(configMap)).toBe('{}');
  });

  it.each([undefined, { ...secret, data: {} }, { ...secret, data: undefined }])(
    'finds no text in %s',
    (one) => expect(decodeStateCopy(one)).toBeUndefined(),
  );
});

describe('isCopied', () => {
  const texts = { before: 'keys', after: 'end' };
  const all = { isDone: () => true };

  it('is true if the cluster has the text already, and false if no API was there to ask', () => {
    const observed = cluster({ text: 'end', isOld: false });
    expect(isCopied(plan([]), 'end', { observed, ...all })).toBe(true);
    expect(isCopied(plan([]), 'other', { observed, ...all })).toBe(false);
    expect(isCopied(plan([gate]), 'end', { observed: { ...cluster(), kube: undefined }, ...all })).toBe(
      false,
    );
  });

  it('is true only if the last write is done and has the text', () => {
    const observed = cluster();
    const planned = addStateCopies(plan([gate, other]), texts, observed);
    expect(isCopied(planned, 'end', { observed, ...all })).toBe(true);
    expect(isCopied(planned, 'end', { observed, isDone: (id) => id !== 'state:end' })).toBe(false);
    expect(isCopied(planned, 'keys', { observed, ...all })).toBe(false);
  });
});
