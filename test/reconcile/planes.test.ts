import { describe, expect, it } from 'vitest';
import type { NodePlan } from '../../src/plan/cluster-plan-types.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import {
  address,
  before,
  brief,
  changed,
  everything,
  found,
  onHost,
  unhealthy,
  up,
} from './plane-helpers.js';

const components = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
];

describe('a component that does not work', () => {
  const plan = samplePlan([everything, everything, everything]);

  it.each([...components, 'nginx-proxy'])('that Docker restarts again and again is no change: %s', (name) => {
    const workers = samplePlan([everything, ['worker']]);
    const host = name === 'nginx-proxy' ? 2 : 1;
    const loop = { restarting: true, restartCount: 7 };
    const operations = up(workers, found(observedFrom(workers), host, name, loop));
    const waits = operations.filter(({ id }) => id === `healthy:${name}@${address(host)}`);
    expect(waits).toMatchObject([
      { kind: 'await-healthy', checks: [{ container: name, steadySeconds: expect.any(Number) as number }] },
    ]);
    expect(brief(operations)).toContain(`run:${name}@${address(host)} restart-container`);
  });

  it.each([
    ['the controller-manager', 'healthy:kube-controller-manager@10.0.0.1'],
    ['the scheduler', 'healthy:kube-scheduler@10.0.0.1'],
  ])(
    'is waited for before what cannot work without it: the API server before %s of its host',
    (_what, id) => {
      let observed = observedFrom(plan);
      for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'])
        observed = unhealthy(observed, 1, name);
      const operations = up(plan, observed);
      expect(operations.map((one) => one.id)).toContain(id);
      expect(before(id, operations)).toContain('healthy:kube-apiserver@10.0.0.1');
    },
  );

  it.each(components)('whose health check fails is waited for: %s', (name) => {
    const operations = up(plan, unhealthy(observedFrom(plan), 2, name));
    expect(brief(operations)).toContain(`healthy:${name}@10.0.0.2 await-healthy`);
    expect(operations.filter(({ kind }) => !kind.startsWith('await'))).toEqual([]);
    expect(
      planUp(plan, unhealthy(observedFrom(plan), 2, name), { addonTimeoutSeconds: 45 }).unchanged.containers,
    ).toBe(plan.nodes.flatMap(({ containers }) => containers).length - 1);
  });

  it('that runs at the moment counts as broken if Docker restarted it just now, and not if it was long ago', () => {
    const ago = (seconds: number, restartCount: number): readonly Operation[] => {
      const startedAt = new Date(1_800_000_000_000 - seconds * 1000).toISOString();
      const observed = found(observedFrom(plan), 1, 'kubelet', { restartCount, startedAt });
      return up(
        plan,
        onHost(observed, 1, () => ({ clock: 1_800_000_000 })),
      );
    };
    expect(brief(ago(10, 1))).toContain('healthy:kubelet@10.0.0.1 await-healthy');
    expect(brief(ago(45, 9))).toContain('healthy:kubelet@10.0.0.1 await-healthy');
    expect(ago(45, 1)).toEqual([]);
    expect(ago(10, 0)).toEqual([]);
    expect(ago(86_400, 9)).toEqual([]);
  });

  it('of a controller-manager counts as healthy only if no other fails in the same seconds', () => {
    const elected = samplePlan([everything, everything]);
    const nodes = elected.nodes.map((node): NodePlan => ({
      ...node,
      containers: node.containers.map((one) =>
        one.name === 'kube-controller-manager'
          ? { ...one, healthCheck: { url: 'https://localhost:10257/healthz', steadySeconds: 25 } }
          : one,
      ),
    }));
    const both = [1, 2].reduce(
      (observed, host) => unhealthy(observed, host, 'kube-controller-manager'),
      observedFrom({ ...elected, nodes }),
    );
    const operations = up({ ...elected, nodes }, both);
    expect(operations.find(({ id }) => id === 'healthy:kube-controller-manager@10.0.0.2')).toMatchObject({
      checks: [
        { host: '10.0.0.2', steadySeconds: 25 },
        { host: '10.0.0.1', steadySeconds: 25 },
      ],
      need: 2,
    });
  });
});

describe('before something is interrupted', () => {
  const plan = samplePlan([everything, everything, everything]);

  it.each([
    ['etcd', 'etcd'],
    ['kube-apiserver', 'kube-apiserver'],
    ['kube-apiserver', 'kube-scheduler'],
    ['kubelet', 'kubelet'],
    ['kubelet', 'kube-proxy'],
    ['etcd', 'kube-apiserver'],
    ['kube-controller-manager', 'kubelet'],
  ])('a broken %s is repaired, whichever host it is on: %s', (broken, interrupted) => {
    const observed = found(observedFrom(plan), 3, broken, { restarting: true, restartCount: 4 });
    const operations = up(changed(plan, [interrupted]), observed);
    const repair = `healthy:${broken}@10.0.0.3`;
    expect(brief(operations)).toContain(`${repair} await-healthy`);
    for (const { id, kind, host } of operations) {
      const isRepair = broken === interrupted && host === '10.0.0.3';
      if (kind === 'replace-container' && !isRepair) expect(before(id, operations)).toContain(repair);
    }
  });

  it('a member of etcd that is stopped is started and healthy before another is restarted', () => {
    const files = new Set(['/etc/kubernetes/ssl/kube-ca.pem']);
    const reading = plan.nodes.map((node): NodePlan => ({
      ...node,
      containers: node.containers.map((one) =>
        one.name === 'etcd' ? { ...one, cmd: ['--trusted-ca-file=/etc/kubernetes/ssl/kube-ca.pem'] } : one,
      ),
    }));
    const cluster = { ...plan, nodes: reading };
    const observed = found(observedFrom(cluster), 2, 'etcd', { running: false });
    const operations = up(cluster, observed, { files, together: new Set() });
    for (const host of ['10.0.0.1', '10.0.0.3'])
      expect(before(`run:etcd@${host}`, operations)).toContain('healthy:etcd@10.0.0.2');
  });

  it('the others are looked at: a majority of etcd and of the control planes without it', () => {
    const five = samplePlan(Array.from({ length: 5 }, () => everything));
    const looks = (count: number, name: string): unknown[] => {
      const cluster = { ...five, nodes: five.nodes.slice(0, count) };
      return up(changed(cluster, [name]), observedFrom(cluster))
        .filter(({ kind }) => kind === 'await-members')
        .map((one) => one.kind === 'await-members' && `${one.need} of ${one.members.length}`);
    };
    for (const name of ['etcd', 'kube-apiserver']) {
      // Of two, neither has a majority without the other.
      expect([1, 2, 3, 4, 5].map((count) => looks(count, name)[0])).toEqual([
        undefined,
        '1 of 1',
        '2 of 2',
        '3 of 3',
        '3 of 4',
      ]);
    }
    expect(looks(5, 'etcd')).toHaveLength(5);
  });

  it('members of etcd that are sick without a majority are repaired though none gets healthy alone', () => {
    const sick = [1, 2].reduce((observed, host) => unhealthy(observed, host, 'etcd'), observedFrom(plan));
    const operations = up(changed(plan, ['etcd']), sick);
    for (const host of ['10.0.0.1', '10.0.0.2']) {
      const guard = operations.find(({ id }) => id === `others:etcd@${host}`);
      expect(guard).toMatchObject({ own: { host }, need: 2 });
      expect(before(`run:etcd@${host}`, operations)).toContain(guard?.id);
    }
    // One that dies of its new arguments stops the next one.
    expect([...before('run:etcd@10.0.0.2', operations)]).toContain('steady:etcd@10.0.0.1');
    expect([...before('run:etcd@10.0.0.2', operations)]).not.toContain('healthy:etcd@10.0.0.1');
    expect(before('run:etcd@10.0.0.3', operations)).toContain('healthy:etcd@10.0.0.2');
  });

  it('a member that is sick because another one is down is left alone until that one is repaired', () => {
    const pair = samplePlan([everything, everything]);
    const looping = found(observedFrom(pair), 1, 'etcd', { restarting: true, restartCount: 9 });
    const operations = up(changed(pair, ['etcd']), unhealthy(looping, 2, 'etcd'));
    expect(before('run:etcd@10.0.0.2', operations)).toContain('healthy:etcd@10.0.0.1');
  });

  it('one sick member of etcd takes its turn first', () => {
    const operations = up(changed(plan, ['etcd']), unhealthy(observedFrom(plan), 3, 'etcd'));
    expect(brief(operations).filter((one) => one.endsWith(' replace-container'))).toEqual([
      'run:etcd@10.0.0.3 replace-container',
      'run:etcd@10.0.0.1 replace-container',
      'run:etcd@10.0.0.2 replace-container',
    ]);
    expect(before('run:etcd@10.0.0.1', operations)).toContain('healthy:etcd@10.0.0.3');
  });

  it.each([
    ['etcd', 'etcd'],
    ['kube-apiserver', 'kube-apiserver'],
    ['kube-apiserver', 'kube-scheduler'],
    ['kubelet', 'kubelet'],
    ['kubelet', 'kube-proxy'],
  ])('a sick %s takes its turn first also while no API says which nodes are Ready: %s', (sick, other) => {
    const looked = unhealthy(unhealthy(observedFrom(plan), 3, sick), 1, other === sick ? 'nothing' : other);
    const operations = up(changed(plan, [sick, other]), { ...looked, kube: undefined });
    expect(before(`run:${sick}@10.0.0.1`, operations)).toContain(`healthy:${sick}@10.0.0.3`);
    expect(before(`others:${sick}@10.0.0.3`, operations)).not.toContain(`run:${sick}@10.0.0.1`);
  });

  it('a sick API server takes its turn before one whose node is not Ready: its guard would wait for ever', () => {
    const nodes = new Map(observedFrom(plan).kube?.nodes);
    nodes.delete('10.0.0.1');
    const observed = unhealthy(observedFrom(plan), 3, 'kube-apiserver');
    if (observed.kube === undefined) throw new Error('the sample has it');
    const operations = up(changed(plan, ['kube-apiserver']), {
      ...observed,
      kube: { ...observed.kube, nodes },
    });
    expect(before('run:kube-apiserver@10.0.0.1', operations)).toContain('healthy:kube-apiserver@10.0.0.3');
  });

  it('a node that is not Ready must be so before another kubelet is replaced', () => {
    const observed = observedFrom(plan);
    const nodes = new Map(observed.kube?.nodes);
    const node = nodes.get('10.0.0.2');
    if (observed.kube === undefined || node === undefined) throw new Error('the sample has it');
    nodes.set('10.0.0.2', { ...node, status: { conditions: [{ type: 'Ready', status: 'False' }] } });
    const operations = up(changed(plan, ['kube-proxy']), { ...observed, kube: { ...observed.kube, nodes } });
    expect(before('run:kube-proxy@10.0.0.1', operations)).toContain('ready@10.0.0.2');
  });
});
