import { describe, expect, it } from 'vitest';
import type { ClusterSpec, NodelocalSpec } from '../../../src/config/cluster-spec.js';
import { recordAt, textAt } from '../../../src/core/fields.js';
import { describeRef, objectRef } from '../../../src/plan/addons/object-ref.js';
import { planAddons, planRemovedAddons } from '../../../src/plan/addons/plan-addons.js';
import { objectIn, objectsOf, podSpec } from './planned-object.js';
import { catalog, sampleSpec } from './sample-spec.js';

const address = '169.254.20.10';
const withCache = (more: NodelocalSpec = {}): ClusterSpec =>
  sampleSpec({ dns: { nodelocal: { ipAddress: address, ...more } } });
const daemonSet = (spec: ClusterSpec) => objectIn(spec, 'DaemonSet kube-system/node-local-dns');
const refsOfCache = (spec: ClusterSpec): string[] =>
  objectsOf(spec)
    .map((object) => describeRef(objectRef(object)))
    .filter((ref) => /node-local-dns|kube-dns-upstream/.test(ref));
const namesOf = (spec: ClusterSpec): string[] => planAddons(spec, catalog).map(({ name }) => name);

describe('NodeLocal DNSCache', () => {
  it('is deployed after the DNS provider if it has an address', () => {
    expect(namesOf(withCache()).filter((name) => /dns|local/.test(name))).toEqual([
      'rke-coredns-addon',
      'rke-nodelocal-addon',
    ]);
    expect(namesOf(sampleSpec({ dns: { nodelocal: { ipAddress: '' } } }))).not.toContain(
      'rke-nodelocal-addon',
    );
  });

  it('answers at its address and at that of the cluster DNS, and asks the cluster DNS through another Service', () => {
    const [container] = podSpec(daemonSet(withCache()))['containers'] as { args: string[] }[];
    expect(container?.args).toEqual([
      '-localip',
      '169.254.20.10,10.43.0.10',
      '-conf',
      '/etc/Corefile',
      '-upstreamsvc',
      'kube-dns-upstream',
    ]);
  });

  it.each([
    ['v1.20.15-rancher2-2', true],
    ['v1.21.14-rancher1-1', false],
  ])('asks for other names by TCP only with %s: %s', (kubernetesVersion, isForced) => {
    const spec = { ...withCache(), kubernetesVersion };
    const data = recordAt(objectIn(spec, 'ConfigMap kube-system/node-local-dns'), 'data');
    const [, other = ''] = textAt(data, 'Corefile').split('\n.:53 {');
    expect(other.includes('force_tcp')).toBe(isForced);
    expect(refsOfCache(spec).includes('Service kube-system/node-local-dns')).toBe(!isForced);
  });

  it('takes its options', () => {
    const spec = withCache({
      nodeSelector: { cache: 'yes' },
      nodeLocalDnsPriorityClassName: 'mine',
      updateStrategy: { strategy: 'OnDelete' },
    });
    expect(podSpec(daemonSet(spec))).toMatchObject({
      nodeSelector: { cache: 'yes' },
      priorityClassName: 'mine',
    });
    expect(recordAt(daemonSet(spec), 'spec')['updateStrategy']).toEqual({ type: 'OnDelete' });
    expect(recordAt(daemonSet(withCache()), 'spec')['updateStrategy']).toEqual({
      rollingUpdate: { maxUnavailable: 1 },
    });
  });

  it('has an account only with RBAC', () => {
    const spec: ClusterSpec = { ...withCache(), authorization: { mode: 'none' } };
    expect(refsOfCache(spec)).not.toContain('ServiceAccount kube-system/node-local-dns');
    expect(podSpec(daemonSet(spec))).not.toHaveProperty('serviceAccountName');
  });

  it('is left out for a version for which RKE v1 has no template', () => {
    expect(namesOf({ ...withCache(), kubernetesVersion: 'v1.17.0-rancher1-1' })).not.toContain(
      'rke-nodelocal-addon',
    );
  });

  it('stays in a cluster whose DNS provider becomes none, since the kubelets still name its address', () => {
    const spec = sampleSpec({ dns: { provider: 'none', nodelocal: { ipAddress: address } } });
    const removed = planRemovedAddons(planAddons(spec, catalog), withCache(), catalog);
    expect(removed.map(({ name }) => name)).toEqual(['rke-coredns-addon']);
  });
});
