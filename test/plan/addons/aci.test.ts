import { describe, expect, it } from 'vitest';
import { aci } from '../../../src/plan/addons/aci/aci.js';
import { aciRevisions } from '../../../src/config/addons/aci-revisions.js';
import type { ClusterSpec } from '../../../src/config/cluster-spec.js';
import { loadCluster } from '../../../src/config/validate.js';
import type { KubeObject } from '../../../src/plan/cluster-plan-types.js';
import { addonImages } from '../../../src/plan/addons/plan-addons.js';
import { aciBlock } from '../../fakes/aci-block.js';
import { catalog } from './sample-spec.js';

const block = { ...aciBlock, extern_static: '10.62.0.1/25', node_svc_subnet: '10.63.0.1/30' };

function specOf(more: Readonly<Record<string, unknown>> = {}, services: object = {}): ClusterSpec {
  const text = JSON.stringify({
    nodes: [{ address: '10.10.0.11', user: 'ops', role: ['controlplane', 'etcd', 'worker'] }],
    kubernetes_version: 'v1.27.16-rancher1-1',
    network: { plugin: 'aci', aci_network_provider: { ...block, ...more } },
    services,
  });
  const loaded = loadCluster(text, { catalog });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join());
  return loaded.value;
}

function planned(
  revision: (typeof aciRevisions)[number],
  more: Readonly<Record<string, unknown>> = {},
  services: object = {},
): readonly KubeObject[] {
  const template = `aci-${revision}`;
  const customResources = catalog.customResources(template);
  return aci.plan({ spec: specOf(more, services), template, customResources })?.objects ?? [];
}

interface Config {
  readonly controller: Readonly<Record<string, unknown>>;
  readonly host: Readonly<Record<string, unknown>>;
  readonly opflex: Readonly<Record<string, unknown>>;
}

/** The three texts as their readers see them. */
function configOf(objects: readonly KubeObject[]): Config {
  const data = find(objects, 'ConfigMap', 'aci-containers-config')['data'] as Readonly<
    Record<string, string>
  >;
  const read = (key: string): Readonly<Record<string, unknown>> =>
    JSON.parse(data[key] ?? '') as Readonly<Record<string, unknown>>;
  return {
    controller: read('controller-config'),
    host: read('host-agent-config'),
    opflex: read('opflex-agent-config'),
  };
}

function find(objects: readonly KubeObject[], kind: string, name: string): KubeObject {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

const containersOf = (object: KubeObject): string[] =>
  (
    object as unknown as { spec: { template: { spec: { containers: { name: string }[] } } } }
  ).spec.template.spec.containers.map(({ name }) => name);

describe.each(aciRevisions)('aci %s', (revision) => {
  it('makes configurations that are valid JSON, with address pools of the subnets', () => {
    const { controller, host } = configOf(
      planned(revision, { opflex_client_ssl: 'false', vmm_domain: 'a"b\\c' }),
    );
    expect(controller).toMatchObject({
      'apic-hosts': ['192.0.2.200', '192.0.2.201'],
      'aci-policy-tenant': 'racks',
      'aci-vmm-domain': 'a"b\\c',
      'service-ip-pool': [{ start: '10.61.0.2', end: '10.61.0.254' }],
      'static-service-ip-pool': [{ start: '10.62.0.2', end: '10.62.0.126' }],
      'node-service-ip-pool': [{ start: '10.63.0.2', end: '10.63.0.2' }],
      'pod-ip-pool': [{ start: '10.42.0.2', end: '10.42.255.254' }],
    });
    expect(host['cni-netconfig']).toEqual([
      { gateway: '10.42.0.1', subnet: '10.42.0.0/16', routes: [{ dst: '0.0.0.0/0', gw: '10.42.0.1' }] },
    ]);
  });

  it('has strings only as values of environment variables', () => {
    const host = find(
      planned(revision, { multus_disable: 'false', disable_wait_for_network: 'true' }),
      'DaemonSet',
      'aci-containers-host',
    );
    expect(JSON.stringify(host)).not.toMatch(/"value":[^"]/);
  });

  it('waits for the agents, Open vSwitch and the controller', () => {
    const template = `aci-${revision}`;
    const awaits = aci.plan({ spec: specOf(), template, customResources: [] })?.awaits;
    expect(awaits?.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`)).toEqual([
      'DaemonSet aci-containers-system/aci-containers-host',
      'DaemonSet aci-containers-system/aci-containers-openvswitch',
      'Deployment aci-containers-system/aci-containers-controller',
    ]);
  });
});

describe('aci', () => {
  it('has the pools of both IP families', () => {
    const ranges = '10.42.0.0/16,fd00:42::/56';
    const { controller, host } = configOf(
      planned(
        'v6.1.1.1',
        { extern_dynamic: '10.61.0.1/24,fd00:61::1/120' },
        {
          'kube-api': { service_cluster_ip_range: '10.43.0.0/16,fd00:43::/112' },
          'kube-controller': {
            cluster_cidr: ranges,
            service_cluster_ip_range: '10.43.0.0/16,fd00:43::/112',
          },
        },
      ),
    );
    expect(controller['pod-subnet']).toEqual(['10.42.0.0/16', 'fd00:42::/56']);
    expect(controller['service-ip-pool']).toEqual([
      { start: '10.61.0.2', end: '10.61.0.254' },
      { start: 'fd00:61::2', end: 'fd00:61::fe' },
    ]);
    expect(host['cni-netconfig']).toMatchObject([
      { gateway: '10.42.0.1' },
      { gateway: 'fd00:42::1', subnet: 'fd00:42::/56' },
    ]);
  });

  it('makes the resources of an option only with the option', () => {
    const names = (objects: readonly KubeObject[]): string[] =>
      objects.filter(({ kind }) => kind === 'CustomResourceDefinition').map(({ metadata }) => metadata.name);
    expect(names(planned('v6.1.1.1'))).not.toContain('hostprotpols.aci.hpp');
    expect(names(planned('v6.1.1.1', { enable_hpp_direct: 'true' }))).toContain('hostprotpols.aci.hpp');
    expect(names(planned('v5.2.7.1'))).not.toContain('epgs.aci.aw');
    expect(names(planned('v5.2.7.1', { use_aci_anywhere_crd: 'true' }))).toContain('epgs.aci.aw');
    expect(names(planned('v5.0.0', { install_istio: 'true' }))).toContain('aciistiooperators.aci.istio');
  });

  it('takes the missing half of the memory of a container from that of all containers', () => {
    const objects = planned('v6.1.1.1', { opflex_agent_memory_limit: '5Gi' });
    expect(JSON.stringify(find(objects, 'DaemonSet', 'aci-containers-host'))).toContain(
      '"resources":{"limits":{"memory":"5Gi"},"requests":{"memory":"128Mi"}}',
    );
  });

  it('uses the priority class that the options name', () => {
    const priority = (more: Readonly<Record<string, unknown>>): unknown =>
      (
        find(planned('v6.1.1.1', more), 'DaemonSet', 'aci-containers-host') as unknown as {
          spec: { template: { spec: { priorityClassName?: string } } };
        }
      ).spec.template.spec.priorityClassName;
    expect(priority({})).toBe('system-cluster-critical');
    expect(priority({ no_priority_class: 'true' })).toBeUndefined();
    expect(priority({ use_aci_cni_priority_class: 'true' })).toBe('acicni-priority');
    expect(priority({ use_system_node_priority_class: 'true' })).toBe('system-node-critical');
  });

  it('has the images of its pods in the plan', () => {
    const objects = planned('v6.1.1.1');
    expect(containersOf(find(objects, 'DaemonSet', 'aci-containers-host'))).toEqual([
      'aci-containers-host',
      'opflex-agent',
      'mcast-daemon',
    ]);
    expect(addonImages([{ name: 'rke-network-plugin', objects, awaits: [] }]).map(withoutTag)).toEqual([
      'noiro/cnideploy',
      'noiro/aci-containers-host',
      'noiro/opflex',
      'noiro/openvswitch',
      'noiro/aci-containers-controller',
    ]);
  });
});

const withoutTag = (image: string): string => image.replace(/:.*$/, '');
