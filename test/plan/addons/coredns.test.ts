import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../../src/config/cluster-spec.js';
import { recordAt, textAt } from '../../../src/core/fields.js';
import { planAddons } from '../../../src/plan/addons/plan-addons.js';
import { objectIn, podSpec } from './planned-object.js';
import { catalog, sampleSpec } from './sample-spec.js';

describe('coredns', () => {
  const corefileOf = (spec: ClusterSpec): string =>
    textAt(recordAt(objectIn(spec, 'ConfigMap kube-system/coredns'), 'data'), 'Corefile');

  it("has RKE's Corefile", () => {
    expect(corefileOf(sampleSpec())).toMatchInlineSnapshot(`
      ".:53 {
          errors
          health {
            lameduck 5s
          }
          ready
          kubernetes cluster.local in-addr.arpa ip6.arpa {
            pods insecure
            fallthrough in-addr.arpa ip6.arpa
          }
          prometheus :9153
          forward . "/etc/resolv.conf"
          cache 30
          loop
          reload
          loadbalance
      } # STUBDOMAINS - Rancher specific change
      "
    `);
  });

  it("takes name servers, and as RKE's neither reverse zones nor stub domains", () => {
    const text = corefileOf(
      sampleSpec({
        dns: {
          upstreamnameservers: ['1.1.1.1', '8.8.4.4'],
          reversecidrs: ['172.16.0.0/16', '10.0.0.0/8'],
          stubdomains: { 'a.example': ['10.2.2.2'] },
        },
      }),
    );
    expect(text).toContain('forward . 1.1.1.1 8.8.4.4\n');
    expect(text).toContain('kubernetes cluster.local [172.16.0.0/16 10.0.0.0/8] {\n');
    expect(text).not.toContain('a.example');
  });

  it('listens where the kubelets send pods', () => {
    expect(objectIn(sampleSpec(), 'Service kube-system/kube-dns')).toMatchObject({
      spec: { clusterIP: '10.43.0.10', selector: { 'k8s-app': 'kube-dns' } },
    });
  });

  it.each([
    ['v1.30.4-rancher1-1', undefined, 'kubernetes.io/os'],
    ['v1.26.15-rancher1-1', 1, 'beta.kubernetes.io/os'],
  ])('has what the template of %s makes different', (kubernetesVersion, replicas, label) => {
    const deployment = objectIn({ ...sampleSpec(), kubernetesVersion }, 'Deployment kube-system/coredns');
    expect(recordAt(deployment, 'spec')['replicas']).toBe(replicas);
    expect(podSpec(deployment)['nodeSelector']).toEqual({ [label]: 'linux' });
  });

  it('makes no accounts and roles without RBAC', () => {
    const spec: ClusterSpec = { ...sampleSpec(), authorization: { mode: 'none' } };
    const objects = planAddons(spec, catalog).find(({ name }) => name === 'rke-coredns-addon')?.objects ?? [];
    expect(objects.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Deployment', 'Service', 'Deployment']);
    expect(objects.map((object) => podSpec(object)['serviceAccountName'])).toEqual(Array(4).fill(undefined));
  });

  it('leaves the number of replicas to the autoscaler', () => {
    expect(recordAt(objectIn(sampleSpec(), 'Deployment kube-system/coredns'), 'spec')).not.toHaveProperty(
      'replicas',
    );
  });

  it('gives tolerations to both Deployments, the node selector to one', () => {
    const tolerations = [{ key: 'a', operator: 'Exists' }];
    const options = { coredns_priority_class_name: 'p', coredns_autoscaler_priority_class_name: 'q' };
    const spec = sampleSpec({ dns: { tolerations, nodeSelector: { a: 'b' }, options } });
    expect(podSpec(objectIn(spec, 'Deployment kube-system/coredns'))).toMatchObject({
      tolerations,
      nodeSelector: { 'kubernetes.io/os': 'linux', a: 'b' },
      priorityClassName: 'p',
    });
    const autoscaler = podSpec(objectIn(spec, 'Deployment kube-system/coredns-autoscaler'));
    expect(autoscaler).toMatchObject({ tolerations, priorityClassName: 'q' });
    expect(autoscaler['nodeSelector']).toEqual({ 'kubernetes.io/os': 'linux' });
  });

  it.each([
    [
      undefined,
      '{"linear":{"coresPerReplica":128,"nodesPerReplica":4,"min":1,"preventSinglePointFailure":true}}',
    ],
    [{ preventSinglePointFailure: false, min: 2, max: 0 }, '{"linear":{"min":2}}'],
  ])('scales by %j', (linearAutoscalerParams, json) => {
    const spec = sampleSpec({ dns: linearAutoscalerParams === undefined ? {} : { linearAutoscalerParams } });
    const { containers } = podSpec(objectIn(spec, 'Deployment kube-system/coredns-autoscaler'));
    expect(containers).toMatchObject([
      { command: expect.arrayContaining([`--default-params=${json}`]) as string[] },
    ]);
  });
});
