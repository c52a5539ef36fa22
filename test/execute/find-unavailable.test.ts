import { describe, expect, it } from 'vitest';
import { kubeError } from '../../src/core/errors.js';
import { findUnavailable } from '../../src/execute/find-unavailable.js';
import type { KubeApi } from '../../src/kube/kube.js';
import type { KubeObject, ObjectRef } from '../../src/plan/cluster-plan-types.js';

const awaits: ObjectRef[] = [
  { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'kube-system', name: 'metrics-server' },
];
const addons = [{ name: 'rke-metrics-addon', awaits }];

const deployment = (availableReplicas: number): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'metrics-server', namespace: 'kube-system' },
  spec: { replicas: 1 },
  status: { replicas: 1, updatedReplicas: 1, availableReplicas },
});

function look(get: KubeApi['get'], signal = new AbortController().signal): Promise<unknown> {
  return findUnavailable(addons, { kube: { get }, signal });
}

describe('the look at add-ons at the end of a run', () => {
  it('reports what an add-on lacks', async () => {
    expect(await look(() => Promise.resolve(deployment(0)))).toEqual([
      { addon: 'rke-metrics-addon', lacks: ['Deployment metrics-server: 0 of 1 replicas available'] },
    ]);
  });

  it('reports nothing of one that has become available', async () => {
    expect(await look(() => Promise.resolve(deployment(1)))).toEqual([]);
  });

  it('reports one that cannot be read, and does not fail the run', async () => {
    const broken = (): never => {
      throw kubeError('KUBE_UNREACHABLE', 'no kube-apiserver answers');
    };
    expect(await look(broken)).toEqual([
      { addon: 'rke-metrics-addon', lacks: ['cannot be read (no kube-apiserver answers)'] },
    ]);
  });

  it('ends with the run if that is interrupted', async () => {
    const stopped = new AbortController();
    stopped.abort(new Error('stopped'));
    await expect(look(() => Promise.resolve(deployment(0)), stopped.signal)).rejects.toThrow('stopped');
  });
});
