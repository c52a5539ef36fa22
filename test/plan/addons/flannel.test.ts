import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../../src/config/cluster-spec.js';
import { recordAt, textAt } from '../../../src/core/fields.js';
import { planAddons } from '../../../src/plan/addons/plan-addons.js';
import { objectIn, objectsOf, podSpec } from './planned-object.js';
import { catalog, sampleSpec } from './sample-spec.js';

describe('flannel', () => {
  const daemonSet = 'DaemonSet kube-system/kube-flannel';
  const netConf = (spec: ClusterSpec): unknown => {
    const data = recordAt(objectIn(spec, 'ConfigMap kube-system/kube-flannel-cfg'), 'data');
    JSON.parse(textAt(data, 'cni-conf.json'));
    return JSON.parse(textAt(data, 'net-conf.json'));
  };

  it("has RKE's defaults", () => {
    expect(netConf(sampleSpec())).toEqual({
      Network: '10.42.0.0/16',
      EnableNFTables: false,
      Backend: { Type: 'vxlan', VNI: 1, Port: 8472 },
    });
    expect(objectIn(sampleSpec(), daemonSet)).toMatchObject({
      spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } } },
    });
  });

  it.each([
    ['v1.28.14-rancher1-1', '/run/flannel', undefined],
    ['v1.22.17-rancher1-2', '/run', 'PodSecurityPolicy'],
  ])('has in %s what the template of RKE has', (kubernetesVersion, path, policy) => {
    const spec = { ...sampleSpec(), kubernetesVersion };
    expect(netConf(spec)).not.toHaveProperty('EnableNFTables');
    expect(podSpec(objectIn(spec, daemonSet))['volumes']).toContainEqual({ name: 'run', hostPath: { path } });
    expect(objectsOf(spec).find(({ kind }) => kind === 'PodSecurityPolicy')?.kind).toBe(policy);
  });

  it('is named by its account without RBAC too, when there is none', () => {
    const spec: ClusterSpec = { ...sampleSpec(), authorization: { mode: 'none' } };
    expect(objectsOf(spec).filter(({ metadata }) => metadata.name === 'flannel')).toEqual([]);
    expect(podSpec(objectIn(spec, daemonSet))['serviceAccountName']).toBe('flannel');
  });

  it('takes its options', () => {
    const options = {
      flannel_iface: 'eth1',
      flannel_backend_type: 'host-gw',
      flannel_backend_port: '4789',
      flannel_backend_vni: '4096',
      kube_flannel_priority_class_name: 'mine',
    };
    const updateStrategy = { strategy: 'RollingUpdate', rollingUpdate: { maxUnavailable: '50%' } };
    const spec = sampleSpec({ network: { options, updateStrategy, nodeSelector: { a: 'b' } } });
    expect(netConf(spec)).toMatchObject({ Backend: { Type: 'host-gw', VNI: 4096, Port: 4789 } });
    expect(podSpec(objectIn(spec, daemonSet))).toMatchObject({
      priorityClassName: 'mine',
      nodeSelector: { a: 'b' },
      containers: [{}, { args: ['--ip-masq', '--kube-subnet-mgr', '--iface=eth1'] }],
    });
    expect(objectIn(spec, daemonSet)).toMatchObject({
      spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '50%' } } },
    });
  });

  it('counts an empty option as not given, and refuses a number that is none', () => {
    const empty = { flannel_iface: '', flannel_backend_port: '' };
    expect(netConf(sampleSpec({ network: { options: empty } }))).toMatchObject({ Backend: { Port: 8472 } });
    const options = { flannel_backend_port: '1e3' };
    expect(() => planAddons(sampleSpec({ network: { options } }), catalog)).toThrow('flannel_backend_port');
  });

  it('runs on every node, whatever its taints and network.tolerations', () => {
    const tolerations = [{ key: 'only', operator: 'Exists' }];
    expect(podSpec(objectIn(sampleSpec({ network: { tolerations } }), daemonSet))['tolerations']).toEqual([
      { operator: 'Exists', effect: 'NoSchedule' },
      { operator: 'Exists', effect: 'NoExecute' },
    ]);
  });
});
