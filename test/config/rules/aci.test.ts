import { describe, expect, it } from 'vitest';
import { aciBlock } from '../../fakes/aci-block.js';
import { errorsOf, found, foundWhileRunning } from './found.js';

function aci(
  more: Readonly<Record<string, unknown>> = {},
  { options = {}, version = 'v1.30.4-rancher1-1' }: { options?: object; version?: string } = {},
): string {
  return JSON.stringify({
    nodes: [{ address: '10.10.0.11', user: 'ops', role: ['controlplane', 'etcd', 'worker'] }],
    kubernetes_version: version,
    network: { plugin: 'aci', aci_network_provider: { ...aciBlock, ...more }, options },
    ingress: { provider: 'none' },
  });
}

describe('the network plugin aci', () => {
  it('is accepted with what acc-provision writes', () => {
    expect(found(aci())).toEqual([]);
  });

  it('is refused with a Kubernetes version for which RKE v1 has no template', () => {
    expect(errorsOf(found(aci({}, { version: 'v1.16.15-rancher1-4' })))).toContainEqual(
      expect.stringMatching(
        /network\.plugin: aci is not supported with Kubernetes v1\.16\.15.*, use Kubernetes v1\.17\.0-rancher1-1 or later/,
      ),
    );
  });

  it('refuses an option for clouds at the place where it is written, without its value', () => {
    expect(found(aci({ capic: 'true' }))).toEqual([
      expect.stringMatching(
        /^error 1:\d+ network\.aci_network_provider\.capic: options for clouds are not supported with aci; use "false" or remove the key$/,
      ),
    ]);
    const [finding] = found(aci({}, { options: { aci_kafka_client_key: 'hidden' } }));
    expect(finding).toMatch(/^error 1:\d+ network\.options\.aci_kafka_client_key: .*; remove the key$/);
    expect(finding).not.toContain('hidden');
  });

  it('refuses a subnet from which no addresses can be calculated, unless the cluster runs with it', () => {
    const text = aci({ extern_dynamic: '10.61.0.1/24, fd00::1/64' });
    const message =
      'network.aci_network_provider.extern_dynamic: expected a CIDR range such as 10.3.0.1/24, got " fd00::1/64"';
    expect(found(text)).toEqual([expect.stringMatching(`^error.*${message}$`)]);
    expect(foundWhileRunning(text)).toEqual([expect.stringMatching(`^warning.*${message}$`)]);
  });

  it('warns of lists and values that make its configuration unreadable', () => {
    const text = aci({ apic_hosts: ['192.0.2.200', '192.0.2.201'], infra_vlan: '0x1', sriov_enable: 'True' });
    expect(found(text).map((line) => line.replace(/^(\w+) \S+ (\S+): .*$/, '$1 $2'))).toEqual([
      'warning network.aci_network_provider.apic_hosts',
      'warning network.aci_network_provider.infra_vlan',
      'warning network.aci_network_provider.sriov_enable',
    ]);
  });

  it('warns of an update strategy that has no effect', () => {
    const text = aci().replace('"plugin":"aci"', '"plugin":"aci","update_strategy":{"strategy":"OnDelete"}');
    expect(found(text)).toEqual([expect.stringMatching(/^warning .*OnDelete has no effect with aci/)]);
  });
});
