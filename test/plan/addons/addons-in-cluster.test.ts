import { describe, expect, it } from 'vitest';
import { addonDefinitions } from '../../../src/config/addons/addon-definitions.js';
import {
  addonInCluster,
  allAddonsInCluster,
  deployedNames,
} from '../../../src/plan/addons/addons-in-cluster.js';
import { mergeTraces } from '../../../src/plan/addons/host-traces.js';
import { podSelectors } from '../../../src/plan/addons/pod-selectors.js';
import { planAddons } from '../../../src/plan/addons/plan-addons.js';
import { catalog, sampleSpec } from './sample-spec.js';

describe('the table of add-ons', () => {
  it.each(addonDefinitions)('names the workload that $name waits for', ({ name, kind, images }) => {
    const { deployedAs, workload } = addonInCluster(name);
    const subnets = ['dynamic_external', 'static_external', 'service_graph'];
    const options = Object.fromEntries(subnets.map((subnet) => [`aci_${subnet}_subnet`, '10.60.0.1/24']));
    const spec = sampleSpec({
      ...(kind === 'network' ? { network: { plugin: name, options } } : {}),
      ...(kind === 'dns' ? { dns: { provider: name } } : {}),
      ...(kind === 'nodelocal' ? { dns: { nodelocal: { ipAddress: '169.254.20.10' } } } : {}),
      ...(kind === 'ingress' ? { ingress: { provider: name } } : {}),
    });
    const systemImages = Object.fromEntries(images.map(({ role }) => [role, `mirror/${role}:v1`]));
    const planned = planAddons({ ...spec, systemImages: { ...spec.systemImages, ...systemImages } }, catalog);
    expect(planned.find((addon) => addon.name === deployedAs)?.awaits).toContainEqual(workload);
  });

  it('deploys every network plugin under one name, and each DNS provider under its own', () => {
    expect([...deployedNames('network')]).toEqual(['rke-network-plugin']);
    expect([...deployedNames('dns')]).toEqual(['rke-coredns-addon', 'rke-kube-dns-addon']);
  });
});

describe('podSelectors', () => {
  it('selects the pods that RKE restarts when a CA is rotated', () => {
    const labels = allAddonsInCluster.flatMap(({ restartedPods }) =>
      restartedPods === undefined ? [] : [restartedPods],
    );
    expect(podSelectors(labels)).toEqual([
      'k8s-app in (flannel,calico-node,calico-kube-controllers,canal,kube-dns,coredns-autoscaler,kube-dns-autoscaler,metrics-server)',
      'name=weave-net',
      'app in (ingress-nginx,ingress-traefik)',
    ]);
  });
});

describe('mergeTraces', () => {
  it('names each trace once', () => {
    const merged = mergeTraces([
      { links: ['a', 'b'], chains: ['X'] },
      { links: ['b', 'c'], directories: ['/d'] },
    ]);
    expect(merged).toMatchObject({
      directories: ['/d'],
      mounts: [],
      cniFiles: [],
      addresses: [],
      bridges: [],
      podLinks: [],
      links: ['a', 'b', 'c'],
      chains: ['X'],
      comments: [],
      ipsets: [],
      routes: [],
    });
  });
});
