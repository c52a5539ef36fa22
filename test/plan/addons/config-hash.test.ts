import { describe, expect, it } from 'vitest';
import { recordAt } from '../../../src/core/fields.js';
import { configHashAnnotation, withConfigHashes } from '../../../src/plan/addons/config-hash.js';
import type { KubeObject } from '../../../src/plan/cluster-plan-types.js';

const namespace = 'kube-system';

function configMap(value: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config', namespace },
    data: { key: value },
  };
}

function secret(value: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'config', namespace },
    stringData: { key: value },
  };
}

function workload(pod: Readonly<Record<string, unknown>>): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'pods', namespace },
    spec: { template: { metadata: {}, spec: pod } },
  };
}

function digestOf(pod: Readonly<Record<string, unknown>>, ...others: readonly KubeObject[]): unknown {
  const [first] = withConfigHashes([workload(pod), ...others]);
  const template = recordAt(recordAt(first ?? {}, 'spec'), 'template');
  return recordAt(recordAt(template, 'metadata'), 'annotations')[configHashAnnotation];
}

describe('withConfigHashes', () => {
  const env = (reference: string): unknown => [
    { name: 'A', valueFrom: { [reference]: { name: 'config', key: 'key' } } },
  ];

  it.each<[how: string, pod: Readonly<Record<string, unknown>>, object: (value: string) => KubeObject]>([
    ['a mounted ConfigMap', { volumes: [{ name: 'v', configMap: { name: 'config' } }] }, configMap],
    ['a mounted Secret', { volumes: [{ name: 'v', secret: { secretName: 'config' } }] }, secret],
    [
      'a projected Secret',
      { volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'config' } }] } }] },
      secret,
    ],
    ['a value of a ConfigMap', { containers: [{ env: env('configMapKeyRef') }] }, configMap],
    ['a value of a Secret in an init container', { initContainers: [{ env: env('secretKeyRef') }] }, secret],
    [
      'all values of a ConfigMap',
      { containers: [{ envFrom: [{ configMapRef: { name: 'config' } }] }] },
      configMap,
    ],
  ])('changes the pods if %s changes', (_how, pod, object) => {
    const before = digestOf(pod, object('1'));
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(digestOf(pod, object('1'))).toBe(before);
    expect(digestOf(pod, object('2'))).not.toBe(before);
  });

  it('leaves pods alone that read nothing of the add-on', () => {
    expect(digestOf({ containers: [{ env: env('configMapKeyRef') }] }, secret('1'))).toBeUndefined();
    expect(
      digestOf({ volumes: [{ name: 'v', configMap: { name: 'other' } }] }, configMap('1')),
    ).toBeUndefined();
  });
});
