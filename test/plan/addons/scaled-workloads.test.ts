import { describe, expect, it } from 'vitest';
import { recordAt } from '../../../src/core/fields.js';
import { withoutScaledReplicas } from '../../../src/plan/addons/scaled-workloads.js';
import type { KubeObject } from '../../../src/plan/cluster-plan-types.js';
import { objectsOf } from './planned-object.js';
import { sampleSpec } from './sample-spec.js';

const replicasOf = (objects: readonly KubeObject[]): Record<string, unknown> =>
  Object.fromEntries(
    objects
      .filter(({ kind }) => kind === 'Deployment')
      .map((object) => [object.metadata.name, recordAt(object, 'spec')['replicas']]),
  );

const workload = (
  name: string,
  { kind = 'Deployment', ...pod }: { kind?: string; command?: string[]; args?: string[] } = {},
): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: 'kube-system' },
  spec: { replicas: 3, template: { spec: { containers: [{ name, ...pod }] } } },
});

describe('replicas of an add-on that is applied', () => {
  it('are left to the autoscaler of CoreDNS, whatever the template has', () => {
    const old = objectsOf({
      ...sampleSpec({ monitoring: { replicas: 2 } }),
      kubernetesVersion: 'v1.26.15-rancher1-1',
    });
    expect(replicasOf(old)).toMatchObject({ coredns: 1, 'metrics-server': 2 });
    expect(replicasOf(withoutScaledReplicas(old))).toMatchObject({
      coredns: undefined,
      'metrics-server': 2,
    });
  });

  it.each([
    ['--target=Deployment/served'],
    ['--target=deployment/served'],
    ['-target=deployment/other,deployment/served'],
  ])('are left out if an autoscaler among the objects has %s', (flag) => {
    const scaler = workload('scaler', { args: ['/scaler', '--namespace=kube-system', flag] });
    expect(replicasOf(withoutScaledReplicas([workload('served'), scaler, workload('free')]))).toEqual({
      served: undefined,
      scaler: 3,
      free: 3,
    });
  });

  it('are applied if the autoscaler scales another kind or namespace', () => {
    const scaler = (...command: string[]): KubeObject => workload('scaler', { command });
    for (const flags of [
      ['--target=statefulset/served'],
      ['--target=deployment/served', '--namespace=other'],
    ])
      expect(replicasOf(withoutScaledReplicas([workload('served'), scaler(...flags)]))).toMatchObject({
        served: 3,
      });
  });

  it('of a StatefulSet are left out in the same way', () => {
    const scaler = workload('scaler', { command: ['--target=statefulset/served'] });
    const [served] = withoutScaledReplicas([workload('served', { kind: 'StatefulSet' }), scaler]);
    expect(recordAt(served ?? {}, 'spec')).not.toHaveProperty('replicas');
  });
});
