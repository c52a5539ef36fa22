import { describe, expect, it } from 'vitest';
import type { ClusterSpec, NetworkSpec } from '../../../src/config/cluster-spec.js';
import { recordAt } from '../../../src/core/fields.js';
import { describeRef, objectRef } from '../../../src/plan/addons/object-ref.js';
import { planAddons } from '../../../src/plan/addons/plan-addons.js';
import { objectIn, objectsOf, podSpec } from './planned-object.js';
import { catalog, sampleSpec } from './sample-spec.js';

const weave = (
  network: Partial<NetworkSpec> = {},
  kubernetesVersion = 'v1.29.9-rancher1-1',
): ClusterSpec => ({
  ...sampleSpec({ network: { plugin: 'weave', ...network } }),
  kubernetesVersion,
});
const daemonSet = (spec: ClusterSpec) => objectIn(spec, 'DaemonSet kube-system/weave-net');
const router = (spec: ClusterSpec) => {
  const [container] = podSpec(daemonSet(spec))['containers'] as { env: { name: string; value?: string }[] }[];
  return Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
};

describe('weave', () => {
  it('takes its options', () => {
    const spec = weave({
      mtu: 1376,
      options: { WeavePassword: 'p"w', weave_net_priority_class_name: 'mine' },
      nodeSelector: { a: 'b' },
    });
    expect(router(spec)).toMatchObject({ WEAVE_PASSWORD: 'p"w', WEAVE_MTU: '1376' });
    expect(podSpec(daemonSet(spec))).toMatchObject({ priorityClassName: 'mine', nodeSelector: { a: 'b' } });
  });

  it('has no password, MTU and priority class unless they are set', () => {
    const spec = weave({ mtu: 0, options: { WeavePassword: '', weave_net_priority_class_name: '' } });
    expect(Object.keys(router(spec))).toEqual(['INIT_CONTAINER', 'HOSTNAME', 'IPALLOC_RANGE']);
    expect(podSpec(daemonSet(spec))).not.toHaveProperty('priorityClassName');
  });

  it('always has a rolling update, the same as in RKE v1', () => {
    const strategyOf = (updateStrategy: NetworkSpec['updateStrategy']) =>
      recordAt(daemonSet(weave(updateStrategy === undefined ? {} : { updateStrategy })), 'spec')[
        'updateStrategy'
      ];
    expect(strategyOf(undefined)).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } });
    expect(strategyOf({ strategy: 'OnDelete' })).toEqual({ type: 'RollingUpdate' });
  });

  it('has roles only with RBAC, and an account always', () => {
    const refs = (mode: string) =>
      objectsOf({ ...weave(), authorization: { mode } })
        .map((object) => describeRef(objectRef(object)))
        .filter((ref) => ref.endsWith('weave-net'));
    expect(refs('rbac')).toHaveLength(6);
    expect(refs('none')).toEqual(['ServiceAccount kube-system/weave-net', 'DaemonSet kube-system/weave-net']);
  });

  it.each([
    ['v1.18.20-rancher1-3', 'v1beta1', undefined],
    ['v1.21.14-rancher1-1', 'v1beta1', 1],
    ['v1.22.17-rancher1-2', 'v1', 1],
  ])('has in %s what the template of RKE has', (version, rbac, initContainers) => {
    const spec = weave({}, version);
    expect(objectIn(spec, 'ClusterRole weave-net').apiVersion).toBe(`rbac.authorization.k8s.io/${rbac}`);
    expect((podSpec(daemonSet(spec))['initContainers'] as unknown[] | undefined)?.length).toBe(
      initContainers,
    );
  });

  it('is left to RKE v1 for Kubernetes before 1.16', () => {
    const planned = planAddons(weave({}, 'v1.15.12-rancher2-7'), catalog);
    expect(planned.find(({ name }) => name === 'rke-network-plugin')?.objects).toEqual([]);
  });
});
