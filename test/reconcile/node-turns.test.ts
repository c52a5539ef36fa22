import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import type { ClusterPlan, Rolling } from '../../src/plan/cluster-plan-types.js';
import { cordonedByUs } from '../../src/reconcile/diff/cordoned.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { planRotation } from '../../src/reconcile/plan-rotation.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { cordoned, notReady, rollingOf } from '../fakes/nodes.js';
import { before, changed, everything, found, up } from './plane-helpers.js';

const control: Role[] = ['controlplane'];
const worker: Role[] = ['worker'];

const planOf = (roles: readonly Role[][], rolling: Partial<Rolling> = {}): ClusterPlan => ({
  ...samplePlan(roles),
  rolling: rollingOf(rolling),
});

const ids = (operations: readonly Operation[], pattern: RegExp): string[] =>
  operations.map(({ id }) => id).filter((id) => pattern.test(id));

describe('a turn of a node', () => {
  it('is cordon, drain, kubelet, Ready, uncordon', () => {
    const plan = planOf([everything, worker], { drains: true });
    const operations = up(changed(plan, ['kubelet', 'nginx-proxy']), observedFrom(plan));
    const host = '10.0.0.2';
    const order = [
      [`cordon@${host}`, 'uncordon@10.0.0.1'],
      [`drain@${host}`, `cordon@${host}`],
      [`run:kubelet@${host}`, `drain@${host}`],
      [`run:nginx-proxy@${host}`, `drain@${host}`],
      // Docker has nothing else to do while the host has no way to the API.
      [`run:kubelet@${host}`, `run:nginx-proxy@${host}`],
      [`uncordon@${host}`, `ready@${host}`],
      [`uncordon@${host}`, `healthy:nginx-proxy@${host}`],
    ] as const;
    for (const [id, earlier] of order) expect(before(id, operations)).toContain(earlier);
    const turn = { window: 'worker', places: 1, holder: host };
    for (const id of [`cordon@${host}`, `drain@${host}`, `ready@${host}`, `uncordon@${host}`])
      expect(operations.find((one) => one.id === id)).toMatchObject({ turn });
  });

  it('cordons when everything is there that its containers wait for', () => {
    const plan = planOf([everything]);
    const operations = up(changed(plan, [], 'newer'), observedFrom(plan));
    expect(before('cordon@10.0.0.1', operations)).toContain('pull:newer@10.0.0.1');
    expect(before('cordon@10.0.0.1', operations)).toContain('healthy:kube-apiserver@10.0.0.1');
  });

  it('leaves a place to each node that was not reached and is not Ready', () => {
    const plan = planOf([everything, worker, worker, worker, worker], { workersAtOnce: 3 });
    const lost = (count: number): ObservedCluster => {
      const addresses = ['10.0.0.2', '10.0.0.3', '10.0.0.4'].slice(0, count);
      const observed = notReady(observedFrom(plan), addresses);
      return {
        ...observed,
        hosts: new Map([...observed.hosts].filter(([host]) => !addresses.includes(host))),
      };
    };
    const placesWith = (count: number): number | undefined =>
      up(changed(plan, ['kubelet']), lost(count)).find(({ id }) => id === 'run:kubelet@10.0.0.5')?.turn
        ?.places;
    // The last place is left; `rke up` refuses a run without any.
    expect([0, 1, 2, 3].map(placesWith)).toEqual([3, 2, 1, 1]);
  });

  it.each([
    ['a kube-apiserver', ['kube-apiserver', 'kube-scheduler']],
    ['nginx-proxy', ['nginx-proxy']],
    ['etcd', ['etcd']],
  ])('cordons nothing for %s: no pod is interrupted', (_, names) => {
    const plan = planOf([everything, worker], { drains: true });
    expect(ids(up(changed(plan, names), observedFrom(plan)), /cordon|drain/)).toEqual([]);
  });

  it('cordons nothing for a restart', () => {
    const plan = planOf([everything, worker], { drains: true });
    const files = new Set(['/etc/kubernetes/ssl/kube-ca.pem']);
    const rollout = { files, together: new Set<string>() };
    const observed = observedFrom(plan);
    expect(ids(up(plan, observed, rollout), /cordon|drain/)).toEqual([]);
    expect(ids(planRotation(plan, observed, { ...rollout, hasNewCa: false }).operations, /cordon/)).toEqual(
      [],
    );
  });

  it('leaves out a node that is not Ready: it has nothing to lose, and its kubelet ends no pod', () => {
    const plan = planOf([everything, worker], { drains: true });
    const observed = notReady(observedFrom(plan), ['10.0.0.2']);
    const operations = up(changed(plan, ['kubelet']), observed);
    expect(ids(operations, /cordon@|drain@/)).toEqual([
      'cordon@10.0.0.1',
      'drain@10.0.0.1',
      'uncordon@10.0.0.1',
    ]);
  });
});

describe('nodes take turns', () => {
  it('in groups: control planes, then etcd, then workers, each with its own number', () => {
    const plan = planOf([worker, ['etcd'], worker, control, control], {
      workersAtOnce: 2,
      controlPlanesAtOnce: 2,
    });
    const operations = up(changed(plan, ['kubelet']), observedFrom(plan));
    const kubelets = operations.filter(({ id }) => id.startsWith('run:kubelet@'));
    expect(kubelets.map(({ host, turn }) => [host, turn?.window, turn?.places])).toEqual([
      ['10.0.0.4', 'worker:controlplane', 2],
      ['10.0.0.5', 'worker:controlplane', 2],
      ['10.0.0.2', 'worker:etcd', 1],
      ['10.0.0.1', 'worker', 2],
      ['10.0.0.3', 'worker', 2],
    ]);
    expect(before('run:kubelet@10.0.0.2', operations)).toContain('uncordon@10.0.0.5');
    expect(before('run:kubelet@10.0.0.1', operations)).toContain('uncordon@10.0.0.2');
    expect(before('run:kubelet@10.0.0.3', operations)).not.toContain('run:kubelet@10.0.0.1');
  });

  it('of which one that is not Ready has a place from the start, and keeps it until it is Ready', () => {
    const plan = planOf([everything, worker, worker, worker], { workersAtOnce: 2 });
    const wanted = changed(plan, ['kube-proxy']);
    const done = found(observedFrom(plan), 4, 'kube-proxy', {
      entrypoint: ['kube-proxy', '--v=2', '--new=1'],
    });
    const operations = up(wanted, notReady(done, ['10.0.0.4']));
    const turns = operations.filter(({ turn }) => turn?.window === 'worker');
    expect([...new Set(turns.map(({ turn }) => turn?.holder))]).toEqual(['10.0.0.4', '10.0.0.2', '10.0.0.3']);
    expect(turns.slice(0, 2)).toMatchObject([
      { kind: 'milestone', after: [] },
      { kind: 'milestone', after: ['ready@10.0.0.4'] },
    ]);
  });

  it.each([
    ['no API answers', false],
    ['its node still counts as Ready', true],
  ])('of which the one whose kubelet is repaired goes first, while %s', (_, isApiRead) => {
    const plan = planOf([everything, everything, worker, worker]);
    const loop = { restarting: true, restartCount: 9 };
    let observed = found(observedFrom(plan), 2, 'kubelet', loop);
    observed = found(observed, 4, 'kubelet', loop);
    observed = found(observed, 3, 'nginx-proxy', loop);
    const operations = up(
      changed(plan, ['kubelet', 'kube-proxy']),
      isApiRead ? observed : { ...observed, kube: undefined },
    );
    expect(before('run:kubelet@10.0.0.1', operations)).toContain('ready@10.0.0.2');
    expect(before('run:kubelet@10.0.0.3', operations)).toContain('ready@10.0.0.4');
  });

  it('behind control planes that are as planned and not Ready', () => {
    const plan = planOf([everything, worker]);
    const done = found(observedFrom(plan), 1, 'kubelet', { entrypoint: ['kubelet', '--v=2', '--new=1'] });
    const operations = up(changed(plan, ['kubelet']), notReady(done, ['10.0.0.1']));
    expect(before('cordon@10.0.0.2', operations)).toContain('ready@10.0.0.1');
  });
});

describe('a node that is cordoned', () => {
  const plan = planOf([everything, worker]);
  const left = { [cordonedByUs]: 'true' };

  it('by a run that died is uncordoned by the next, if it is Ready', () => {
    const operations = up(plan, cordoned(observedFrom(plan), ['10.0.0.2'], left));
    expect(operations.map(({ id }) => id)).toEqual(['healthy:kube-apiserver', 'uncordon@10.0.0.2']);
    const asleep = up(plan, notReady(cordoned(observedFrom(plan), ['10.0.0.2'], left), ['10.0.0.2']));
    expect(before('uncordon@10.0.0.2', asleep)).toContain('ready@10.0.0.2');
  });

  it('by a run that died while its kubelet was replaced is uncordoned when that is repaired', () => {
    const observed = cordoned(observedFrom(plan), ['10.0.0.2'], left);
    const operations = up(plan, found(observed, 2, 'kubelet', { running: false }));
    expect(before('uncordon@10.0.0.2', operations)).toContain('healthy:kubelet@10.0.0.2');
    expect(before('uncordon@10.0.0.2', operations)).toContain('ready@10.0.0.2');
  });

  it('by a run that died is uncordoned after what may interrupt the API', () => {
    const observed = cordoned(observedFrom(plan), ['10.0.0.2'], left);
    const operations = up(changed(plan, ['etcd', 'kube-apiserver']), observed);
    expect(before('uncordon@10.0.0.2', operations)).toContain('healthy:etcd@10.0.0.1');
    expect(before('uncordon@10.0.0.2', operations)).toContain('healthy:kube-apiserver@10.0.0.1');
  });

  it('by a person stays as it is', () => {
    expect(up(plan, cordoned(observedFrom(plan), ['10.0.0.2']))).toEqual([]);
  });

  it('by a run that died, while no API answers, is found when one does', () => {
    const observed = { ...observedFrom(plan), kube: undefined };
    expect(ids(up(plan, observed), /^uncordon/)).toEqual(['uncordon@10.0.0.1', 'uncordon@10.0.0.2']);
  });
});
