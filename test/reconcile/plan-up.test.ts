import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import type { ClusterPlan, NodePlan } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';
import { before } from './plane-helpers.js';

const everything: Role[] = ['controlplane', 'etcd', 'worker'];
const clusters = fc
  .array(fc.subarray<Role>(everything, { minLength: 1 }), { minLength: 0, maxLength: 6 })
  // A cluster has at least one of each; the rules of config require it.
  .map((roles) => samplePlan([everything, ...roles]));

const operationsOf = (plan: ClusterPlan, observed: ObservedCluster): readonly Operation[] =>
  planUp(plan, observed, { addonTimeoutSeconds: 45 }).operations;
const withArgument = (plan: ClusterPlan, container: string): ClusterPlan => ({
  ...plan,
  nodes: plan.nodes.map((node): NodePlan => ({
    ...node,
    containers: node.containers.map((spec) =>
      spec.name === container ? { ...spec, entrypoint: [...spec.entrypoint, '--new=1'] } : spec,
    ),
  })),
});

describe('planUp', () => {
  it('does nothing if everything is as planned', () => {
    fc.assert(
      fc.property(clusters, (plan) => {
        expect(operationsOf(plan, observedFrom(plan))).toEqual([]);
      }),
    );
  });

  it('gives a host that was not reached no operation', () => {
    fc.assert(
      fc.property(clusters, fc.nat(), (plan, pick) => {
        const lost = plan.nodes[pick % plan.nodes.length]?.node.address ?? '';
        const observed = observedEmpty(plan);
        const hosts = new Map([...observed.hosts].filter(([address]) => address !== lost));
        expect(operationsOf(plan, { ...observed, hosts }).filter(({ host }) => host === lost)).toEqual([]);
      }),
    );
  });

  it('never replaces members of etcd or control planes of two hosts side by side', () => {
    fc.assert(
      fc.property(clusters, fc.constantFrom('etcd', 'kube-apiserver', 'kubelet'), (plan, container) => {
        const operations = operationsOf(withArgument(plan, container), observedFrom(plan));
        const replaced = operations.filter(({ kind }) => kind === 'replace-container');
        for (const [index, later] of replaced.entries()) {
          const ended = before(later.id, operations);
          for (const earlier of replaced.slice(0, index)) {
            expect(ended).toContain(earlier.id);
            expect(ended).toContain(`healthy:${container}@${earlier.host ?? ''}`);
          }
        }
      }),
    );
  });

  it('replaces just the container whose argument changed', () => {
    const plan = samplePlan([everything, everything]);
    const operations = operationsOf(withArgument(plan, 'kube-scheduler'), observedFrom(plan));
    expect(operations.map(({ id }) => id)).toEqual([
      // A control plane is not touched while etcd is not well.
      'healthy:etcd',
      // Neither while the other control plane is not.
      'others:kube-apiserver@10.0.0.1',
      'run:kube-scheduler@10.0.0.1',
      'healthy:kube-scheduler@10.0.0.1',
      'others:kube-apiserver@10.0.0.2',
      'run:kube-scheduler@10.0.0.2',
      'healthy:kube-scheduler@10.0.0.2',
    ]);
  });

  it('starts a control plane only behind a majority of etcd, and workers behind one API server', () => {
    const plan = samplePlan([everything, everything, everything, ['worker']]);
    const operations = operationsOf(plan, observedEmpty(plan));
    const gate = operations.find(({ id }) => id === 'healthy:etcd');
    expect(gate).toMatchObject({ need: 2, afterSome: { need: 2 } });
    for (const operation of operations) {
      if (operation.stage === 'controlplane' && operation.kind === 'create-container')
        expect(operation.after).toContain('healthy:etcd');
      if (operation.id.startsWith('run:kubelet')) expect(operation.after).toContain('healthy:kube-apiserver');
    }
  });

  it('pulls only images that are not there, and lets nothing but their users wait for them', () => {
    const plan = samplePlan([everything]);
    const observed = observedEmpty(plan);
    const operations = operationsOf(plan, observed);
    expect(operations.filter(({ kind }) => kind === 'pull-image').map(({ id }) => id)).toEqual([
      'pull:tools@10.0.0.1',
      'pull:image@10.0.0.1',
    ]);
    expect(operations.find(({ id }) => id === 'files@10.0.0.1')?.after).toEqual(['pull:tools@10.0.0.1']);
  });

  it('asks once for each image that is missing, before anything else, on hosts that lack it', () => {
    const plan = samplePlan([everything, ['worker'], ['worker']]);
    const operations = operationsOf(plan, observedEmpty(plan));
    expect(operations.find(({ kind }) => kind === 'check-images')).toMatchObject({
      after: [],
      asks: [
        { image: 'tools', host: '10.0.0.1' },
        { image: 'image', host: '10.0.0.2' },
      ],
    });
    const byId = new Map(operations.map((operation) => [operation.id, operation]));
    const isBehind = (id: string): boolean => {
      const { after = [], afterSome } = byId.get(id) ?? {};
      return after.includes('check-images') || [...after, ...(afterSome?.of ?? [])].some(isBehind);
    };
    expect(operations.filter(({ id }) => !isBehind(id)).map(({ id }) => id)).toEqual(['check-images']);
  });

  it('replaces nothing while an image is still missing anywhere', () => {
    const plan = samplePlan([everything, everything]);
    const observed = observedFrom(plan);
    const second = observed.hosts.get('10.0.0.2');
    if (second === undefined) throw new Error('the sample has it');
    const images = new Map([...second.images].filter(([image]) => image !== 'image'));
    const hosts = new Map([...observed.hosts, ['10.0.0.2', { ...second, images }]]);
    const operations = operationsOf(withArgument(plan, 'kubelet'), { ...observed, hosts });
    const replaced = operations.filter(({ kind }) => kind === 'replace-container');
    expect(replaced.map(({ host }) => host)).toContain('10.0.0.1');
    for (const { id } of replaced) expect(before(id, operations)).toContain('pull:image@10.0.0.2');
  });

  it('starts a stopped container again, and waits for a node that is not Ready', () => {
    const plan = samplePlan([everything]);
    const observed = observedFrom(plan);
    const host = observed.hosts.get('10.0.0.1');
    const etcd = host?.containers.get('etcd');
    if (host === undefined || etcd === undefined) throw new Error('the sample has an etcd');
    const stopped = {
      ...host,
      containers: new Map([...host.containers, ['etcd', { ...etcd, running: false }]]),
    };
    const operations = operationsOf(plan, { ...observed, hosts: new Map([['10.0.0.1', stopped]]) });
    expect(operations.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'run:etcd@10.0.0.1 start-container',
      'healthy:etcd@10.0.0.1 await-healthy',
    ]);
  });

  it('prunes what an add-on no longer has, and removes add-ons that are no longer planned', () => {
    const plan = samplePlan([everything]);
    const observed = observedFrom(plan);
    const gone = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'gone' };
    const addons = new Map([
      ['rke-coredns-addon', { hash: 'another', objects: [gone] }],
      ['rke-metrics-addon', { hash: 'old', objects: [gone] }],
    ]);
    const kube = observed.kube === undefined ? undefined : { ...observed.kube, addons };
    const operations = operationsOf(plan, { ...observed, kube });
    expect(operations.find(({ kind }) => kind === 'apply-addon')).toMatchObject({ prune: [gone] });
    expect(operations.find(({ kind }) => kind === 'remove-addon')).toMatchObject({
      name: 'rke-metrics-addon',
      objects: [gone],
    });
  });

  it('applies a new ingress controller, then removes the old one, then waits for the new one', () => {
    const ingressClass = (namespace: object) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      ...namespace,
      name: 'nginx',
    });
    const controller = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      namespace: 'ingress-nginx',
      name: 'nginx-ingress-controller',
    };
    const sample = samplePlan([everything]);
    const traefik = {
      name: 'rke-ingress-traefik',
      objects: [{ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx' } }],
      awaits: [{ ...controller, namespace: 'ingress-traefik' }],
    };
    const plan: ClusterPlan = { ...sample, addons: [...sample.addons, traefik] };
    const observed = observedFrom(sample);
    const addons = new Map([
      ...(observed.kube?.addons ?? []),
      // RKE's manifest gives the class a namespace, which a class has not.
      [
        'rke-ingress-controller',
        { hash: 'old', objects: [ingressClass({ namespace: 'ingress-nginx' }), controller] },
      ],
    ] as const);
    const kube = observed.kube === undefined ? undefined : { ...observed.kube, addons };
    const operations = operationsOf(plan, { ...observed, kube });
    const byId = (id: string) => operations.find((one) => one.id === id);
    expect(byId('remove:rke-ingress-controller')).toMatchObject({
      after: expect.arrayContaining(['apply:rke-ingress-traefik']) as unknown,
      objects: [controller],
    });
    expect(before('available:rke-ingress-traefik', operations)).toContain('remove:rke-ingress-controller');
    expect(before('apply:rke-ingress-traefik', operations)).not.toContain('remove:rke-ingress-controller');
  });
});
