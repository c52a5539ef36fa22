import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/plan/cluster-plan-types.js';
import { objectReadiness } from '../../src/reconcile/diff/readiness.js';

function object(kind: string, status: object, spec: object = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name: 'a', generation: 2 } as { name: string }, spec, status };
}

const condition = (type: string, status: string, message = ''): object => ({
  conditions: [
    { type: 'Other', status: 'Unknown' },
    { type, status, reason: message === '' ? '' : 'Because', message },
  ],
});
const trusted = { name: 'a', clientConfig: { caBundle: 'Q0E=' } };
const seen = { observedGeneration: 2 };
const three = { ...seen, replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
const replicas = { ...seen, updatedReplicas: 3, readyReplicas: 3 };
const daemons = { ...seen, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 3 };

describe('objectReadiness', () => {
  it('is not given by a webhook without a CA, which fails every request', () => {
    const webhooks = [trusted, { name: 'b', clientConfig: {} }];
    expect(objectReadiness({ ...object('ValidatingWebhookConfiguration', {}), webhooks })).toEqual({
      ready: false,
      reason: 'its CA is not set yet',
    });
  });

  it.each<[string, KubeObject]>([
    ['a Ready node', object('Node', condition('Ready', 'True'))],
    ['an available APIService', object('APIService', condition('Available', 'True'))],
    ['an established CRD', object('CustomResourceDefinition', condition('Established', 'True'))],
    ['a webhook with a CA', { ...object('ValidatingWebhookConfiguration', {}), webhooks: [trusted] }],
    ['a complete Job', object('Job', condition('Complete', 'True'))],
    ['a Deployment with all replicas', object('Deployment', three, { replicas: 3 })],
    ['a Deployment of one, unsaid', object('Deployment', { ...three, replicas: 1, updatedReplicas: 1 })],
    ['a Deployment of none', object('Deployment', seen, { replicas: 0 })],
    ['a DaemonSet on all nodes', object('DaemonSet', daemons)],
    [
      'a DaemonSet that is only updated by hand',
      object(
        'DaemonSet',
        { ...daemons, updatedNumberScheduled: 0 },
        { updateStrategy: { type: 'OnDelete' } },
      ),
    ],
    ['a StatefulSet with all replicas', object('StatefulSet', replicas, { replicas: 3 })],
    [
      'a StatefulSet that is updated from its partition on',
      object(
        'StatefulSet',
        { ...replicas, updatedReplicas: 1 },
        { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } },
      ),
    ],
    ['a kind without a status', object('ConfigMap', {})],
  ])('%s is ready', (_, value) => {
    expect(objectReadiness(value)).toEqual({ ready: true, reason: 'ready' });
  });

  it.each<[string, KubeObject, string]>([
    [
      'a StatefulSet that is updated',
      object('StatefulSet', { ...replicas, updatedReplicas: 1 }, { replicas: 3 }),
      '1 of 3 replicas updated',
    ],
    [
      'a StatefulSet that starts',
      object('StatefulSet', { ...replicas, readyReplicas: 2 }, { replicas: 3 }),
      '2 of 3 replicas ready',
    ],
    [
      'a StatefulSet that its controller has not seen',
      object('StatefulSet', { ...replicas, observedGeneration: 1 }, { replicas: 3 }),
      'not yet seen by its controller',
    ],
    ['a new node', object('Node', {}), 'condition Ready is not reported yet'],
    ['a node without a network', object('Node', condition('Ready', 'False', 'no CNI')), 'Because: no CNI'],
    ['a node that is gone', object('Node', condition('Ready', 'Unknown')), 'condition Ready is Unknown'],
    [
      'an APIService without endpoints',
      object('APIService', condition('Available', 'False', 'x')),
      'Because: x',
    ],
    ['a failed Job', object('Job', condition('Failed', 'True', 'limit')), 'Because: limit'],
    ['a running Job', object('Job', {}), 'not complete'],
    ['a new Deployment', object('Deployment', {}), 'not yet seen by its controller'],
    ['a changed Deployment', object('Deployment', { ...three, observedGeneration: 1 }), 'not yet seen'],
    [
      'a rollout',
      object('Deployment', { ...three, updatedReplicas: 1 }, { replicas: 3 }),
      '1 of 3 replicas updated',
    ],
    ['its end', object('Deployment', { ...three, replicas: 4 }, { replicas: 3 }), '1 old replicas still run'],
    [
      'a Deployment that reports Available without a pod',
      object('Deployment', { ...seen, ...condition('Available', 'True'), replicas: 1, updatedReplicas: 1 }),
      '0 of 1 replicas available',
    ],
    ['a DaemonSet without nodes', object('DaemonSet', seen), 'no node to run on yet'],
    ['a DaemonSet that starts', object('DaemonSet', { ...daemons, numberReady: 2 }), '2 of 3 pods ready'],
    [
      'a DaemonSet in change',
      object('DaemonSet', { ...daemons, updatedNumberScheduled: 1 }),
      '1 of 3 pods updated',
    ],
  ])('%s is not', (_, value, reason) => {
    const found = objectReadiness(value);
    expect(found.ready).toBe(false);
    expect(found.reason).toContain(reason);
  });
});
