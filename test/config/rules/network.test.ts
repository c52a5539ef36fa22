import { describe, expect, it } from 'vitest';
import { judge, node } from '../judge.js';
import { found } from './found.js';

describe('the network plugin weave', () => {
  const weave = (more: string): string =>
    `nodes: [${node()}]\nkubernetes_version: v1.26.15-rancher1-1\nnetwork: { plugin: weave${more} }\ningress: { provider: none }\n`;

  it('is accepted up to Kubernetes 1.29, with its password', () => {
    expect(judge(weave(', weave_network_provider: { password: secret }'))).toEqual([]);
  });

  it('warns of an update strategy that has no effect', () => {
    const strategy = (name: string): string[] => judge(weave(`, update_strategy: { strategy: ${name} }`));
    expect(strategy('RollingUpdate')).toEqual([]);
    expect(strategy('OnDelete')).toEqual([
      expect.stringMatching(
        /^warning 3 network\.update_strategy\.strategy: OnDelete has no effect with weave/,
      ),
    ]);
  });
});

describe('the numbers of flannel', () => {
  const flannel = (port: string): string =>
    `nodes: [${node()}]\nnetwork: { plugin: flannel, options: { flannel_backend_port: ${port} } }\ningress: { provider: none }\n`;

  it('have their defaults if an option is empty', () => {
    expect(found(flannel('""'))).toEqual([]);
  });

  it('are refused if they are not integers', () => {
    expect(found(flannel('0x1000'))).toContainEqual(
      expect.stringMatching(/^error .*flannel_backend_port: expected an integer, got "0x1000"$/),
    );
  });
});

describe('options of a network plugin that do nothing', () => {
  const warnings = (network: string, version = 'v1.30.4-rancher1-1'): string[] =>
    judge(
      `nodes: [${node()}]\nkubernetes_version: ${version}\nnetwork: ${network}\ningress: { provider: none }\n`,
    ).filter((line) => line.includes('no effect'));

  it.each([
    ['canal', 'canal_flannel_backend_port', '8473', 'v1.30.4-rancher1-1'],
    ['canal', 'canal_flannel_backend_vni', '4096', 'v1.22.17-rancher1-2'],
    ['canal', 'canal_flex_volume_plugin_dir', '/opt/volumes', 'v1.26.15-rancher1-1'],
    ['calico', 'calico_cloud_provider', 'aws', 'v1.30.4-rancher1-1'],
    ['calico', 'calico_flex_volume_plugin_dir', '/opt/volumes', 'v1.26.15-rancher1-1'],
  ])('cause a warning: %s with %s', (plugin, option, value, version) => {
    expect(warnings(`{ plugin: ${plugin}, options: { ${option}: "${value}" } }`, version)).toEqual([
      expect.stringContaining(`network.options.${option}: ${option} has no effect with ${version}`),
    ]);
  });

  it('cause none if they have an effect, are not set, or have their default', () => {
    expect(warnings('{ plugin: flannel, options: { flannel_backend_port: "8473" } }')).toEqual([]);
    expect(warnings('{ plugin: canal }')).toEqual([]);
    expect(warnings('{ plugin: canal, options: { canal_flannel_backend_vni: "1" } }')).toEqual([]);
    const old = '{ plugin: canal, options: { canal_flex_volume_plugin_dir: /opt/volumes } }';
    expect(warnings(old, 'v1.22.17-rancher1-2')).toEqual([]);
  });

  it('are reported at the block that sets them', () => {
    const [warning] = warnings('{ plugin: calico, calico_network_provider: { cloudprovider: aws } }');
    expect(warning).toContain('network.calico_network_provider');
  });
});
