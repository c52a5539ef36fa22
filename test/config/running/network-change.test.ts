import { describe, expect, it } from 'vitest';
import { loadCluster, type LoadOptions } from '../../../src/config/validate.js';
import { catalog, errorsOf, judge, node, specOf, version } from './judge.js';

const host = node('10.10.0.11');
const file = (network: string, more = ''): string =>
  `nodes:\n${host}kubernetes_version: ${version}\ningress: { provider: none }\n${network}${more}`;
const plugin = (name: string, more = ''): string => file(`network: { plugin: ${name}${more} }\n`);
const allow: Partial<LoadOptions> = { allowNetworkChange: true };
const messages = (...args: Parameters<typeof judge>): string[] =>
  judge(...args).map(({ severity, path, message }) => `${severity} ${path}: ${message}`);

describe('another network plugin on a running cluster', () => {
  it('is refused with the reason, the running plugin and the flag', () => {
    expect(errorsOf(judge(plugin('canal'), plugin('calico')))).toEqual([
      'network.plugin: cannot be changed from canal to calico on a running cluster: pods lose their network until they have ' +
        'been recreated, node by node; set it back to canal; `rke up --allow-network-change` changes it nevertheless (docs/running-cluster.md)',
    ]);
  });

  it('is accepted with --allow-network-change, with a warning of what it interrupts', () => {
    expect(messages(plugin('canal'), plugin('calico'), allow)).toEqual([
      expect.stringMatching(
        /^warning network.plugin: canal is removed .* pods are recreated node by node; .*NetworkPolicy/,
      ),
    ]);
  });

  it('is never suggested to a file that does not set the plugin', () => {
    const [found = ''] = errorsOf(judge(plugin('flannel'), file('')));
    expect(found).toContain(
      'not set, so the default of RKE v1 (canal) applies, but the cluster runs with flannel',
    );
    expect(found).toContain('set it to flannel');
    expect(found).not.toContain('--allow-network-change');
  });

  it('is refused together with another Kubernetes version', () => {
    const upgraded = plugin('calico').replace(version, 'v1.31.1-rancher1-1');
    expect(errorsOf(judge(plugin('canal'), upgraded, allow))).toEqual([
      `kubernetes_version: cannot be changed together with the network plugin: keep ${version} for this run, and upgrade in the next one`,
    ]);
  });

  it.each([
    ['none', 'canal', /remove the network that you installed.*every host/],
    ['canal', 'none', /canal stays on the nodes and is no longer managed/],
  ])('from %s to %s says what is left to the user', (from, to, expected) => {
    expect(errorsOf(judge(plugin(from), plugin(to)))).toHaveLength(1);
    expect(messages(plugin(from), plugin(to), allow)).toContainEqual(expect.stringMatching(expected));
  });

  it.each([
    ['completed', 'calico', /cannot be changed from canal to calico/],
    [
      'undone',
      'canal',
      /an interrupted run has started to change canal to calico.*set calico to complete.*keep canal to undo/,
    ],
  ])('whose run was interrupted is %s only with the flag', (_, wanted, expected) => {
    const states = { running: specOf(plugin('canal')), begun: specOf(plugin('calico')) };
    const load = (more: Partial<LoadOptions>): string[] => {
      const loaded = loadCluster(plugin(wanted), { catalog, forChange: true, ...states, ...more });
      return errorsOf(loaded.ok ? loaded.warnings : loaded.diagnostics);
    };
    expect(load({})).toEqual([expect.stringMatching(expected)]);
    expect(load(allow)).toEqual([]);
  });
});

describe('changed options of the network plugin', () => {
  const options = (name: string, entries: string, more = ''): string =>
    plugin(name, `, options: { ${entries} }${more}`);

  it.each([
    ['canal', 'canal_flannel_backend_type'],
    ['flannel', 'flannel_backend_type'],
  ])('of %s that cut nodes off from each other meanwhile are announced (%s)', (name, option) => {
    expect(messages(plugin(name), options(name, `${option}: host-gw`))).toContainEqual(
      expect.stringMatching(
        /^warning network.options.\w+: pods of nodes with the old value cannot reach .*update_strategy$/,
      ),
    );
  });

  it('that do not decide how nodes reach each other are applied without a warning', () => {
    expect(messages(plugin('canal'), options('canal', 'canal_iface: eth1'))).toEqual([]);
    expect(messages(plugin('canal'), plugin('canal', ', mtu: 1400'))).toEqual([]);
  });

  it('reach no pod with update_strategy OnDelete until the user deletes it', () => {
    const onDelete = ', update_strategy: { strategy: OnDelete }';
    expect(messages(plugin('canal', onDelete), plugin('canal', `, mtu: 1400${onDelete}`))).toEqual([
      'warning network.update_strategy.strategy: OnDelete: pods of canal keep the old settings until you delete them',
    ]);
    expect(
      messages(plugin('canal', onDelete), options('canal', 'canal_flannel_backend_type: host-gw', onDelete)),
    ).toContainEqual(expect.stringContaining('delete the pods of canal yourself, all in one go'));
  });

  it('never include the range of pods', () => {
    const range = 'services: { kube-controller: { cluster_cidr: 10.50.0.0/16 } }\n';
    expect(errorsOf(judge(plugin('canal'), plugin('canal') + range, allow))).toEqual([
      expect.stringMatching(/^services.kube-controller.cluster_cidr: .*cannot be changed/),
    ]);
  });
});
