import { describe, expect, it } from 'vitest';
import { loadCluster } from '../../../src/config/validate.js';
import { withUnknownTemplates } from '../unknown-templates.js';
import { a, all, b, c, catalog, d, errorsOf, judge, node, specOf, three, version, yml } from './judge.js';

describe('an interrupted run', () => {
  const running = specOf(three.replace(version, 'v1.29.9-rancher1-1'));
  const begun = specOf(three);

  it.each([
    ['v1.29.9-rancher1-1', /an unfinished run started to install v1\.30\.4/],
    [
      'v1.31.1-rancher1-1',
      /the cluster runs v1\.29\.9-rancher1-1; upgrade one minor version at a time, v1\.30 first/,
    ],
  ])('does not let its upgrade be changed to %s', (to, told) => {
    const found = judge(three, three.replace(version, to), { running, begun });
    expect(errorsOf(found).join('\n')).toMatch(told);
  });

  it('is completed by a file with the version, and by a file without', () => {
    expect(errorsOf(judge(three, three, { running, begun }))).toEqual([]);
    const loaded = loadCluster(three.replace(/kubernetes_version.*\n/, ''), { catalog, running, begun });
    expect(loaded).toMatchObject({ ok: true, value: { kubernetesVersion: version } });
  });

  it('lets a worker that it started to add be removed', () => {
    const more = specOf(yml([node(a), node(b), node(c), node(d, 'role: [worker]')]));
    expect(errorsOf(judge(three, three, { begun: more }))).toEqual([]);
  });

  it('lets a range be set back that it started to change, and an etcd member be removed that it started to add', () => {
    const other = specOf(
      `${yml([node(a), node(b), node(c), node(d)])}services: { kube-controller: { cluster_cidr: 10.52.0.0/16 } }\n`,
    );
    expect(judge(three, three, { begun: other })).toEqual([]);
  });

  it('offers to start over if it was the first run', () => {
    const found = judge(three, yml([node(d)]), { running: undefined });
    expect(errorsOf(found)[0]).toMatch(/if nothing you need runs on the cluster yet.*`rke remove`/);
    expect(errorsOf(judge(three, yml([node(d)])))[0]).not.toMatch(/rke remove/);
  });
});

describe('a run that keeps the nodes of the running cluster', () => {
  const more = yml([node(a), node(b), node(c), node(d, 'role: [worker]')]);

  it.each([
    ['no member of etcd stays', three, yml([node(d)])],
    ['a role is removed', three, yml([node(a), node(b), node(c, 'role: [etcd, controlplane]')])],
    [
      'a node gets another address',
      yml([node(a, `internal_address: 10.20.0.1, role: [${all}]`), node(b), node(c)]),
      yml([node(d, `internal_address: 10.20.0.1, role: [${all}]`), node(b), node(c)]),
    ],
  ])('is not stopped if %s', (_what, before, after) => {
    expect(errorsOf(judge(before, after))).not.toEqual([]);
    const kept = judge(before, after, { keepsNodes: true });
    expect(errorsOf(kept)).toEqual([]);
    expect(kept.map(({ message }) => message).join()).toContain('uses the nodes and roles of the state file');
  });

  it('reports that a removed node still takes part', () => {
    expect(judge(more, three, { keepsNodes: true }).map(({ message }) => message)).toEqual([
      '10.10.0.14 is missing, and `rke up` removes it; this run uses the nodes and roles of the state file',
    ]);
  });

  it.each([
    ['name', node(c, 'hostname_override: other, role: [controlplane, etcd, worker]')],
    ['internal address', node(c, 'internal_address: 10.20.0.13, role: [controlplane, etcd, worker]')],
  ])('is stopped if a node gets another %s, which is in its certificate', (_what, changed) => {
    const kept = judge(three, yml([node(a), node(b), changed]), { keepsNodes: true });
    expect(errorsOf(kept)).toHaveLength(1);
  });
});

describe('add-ons that are not made for a version', () => {
  const more = { catalog: withUnknownTemplates(catalog) };
  const old = 'v1.16.8-rancher1-1';
  const canal = yml([node(a)])
    .replace(version, old)
    .replace('flannel', 'canal');
  const running = specOf(canal);

  it.each<[what: string, after: string, told: RegExp]>([
    [
      'the version',
      canal.replace(old, 'v1.17.3-rancher1-1'),
      /^kubernetes_version: .*canal.*set it back to v1\.16\.8-rancher1-1, or use v1\.17\.17-rancher2-4$/,
    ],
    [
      'an option',
      canal.replace('plugin: canal', 'plugin: canal, options: { canal_iface: eth1 }'),
      /^network\.options\.canal_iface: .*canal/,
    ],
    ['an image', `${canal}system_images: { canal_node: "x/y:v1" }\n`, /^system_images\.canal_node: .*canal/],
    ['the MTU', canal.replace('plugin: canal', 'plugin: canal, mtu: 1400'), /^network\.mtu: /],
  ])('are not updated by a change of %s, and never replaced', (_what, after, told) => {
    const found = errorsOf(judge(canal, after, more));
    expect(
      found.some((line) => told.test(line)),
      found.join('\n'),
    ).toBe(true);
    expect(found.join('\n')).not.toMatch(/flannel|provider: none/);
  });

  it('stay in a cluster that runs with them', () => {
    expect(errorsOf(judge(canal, `${canal}cluster_name: prod\n`, more))).toEqual([]);
    expect(running.network.plugin).toBe('canal');
  });

  it('are updated with a version that has a newer template', () => {
    expect(errorsOf(judge(canal, canal.replace(old, 'v1.17.17-rancher2-3'), more))).toEqual([]);
  });
});

describe('a cluster without server-side apply', () => {
  const old = 'v1.15.12-rancher2-8';
  const running = yml([node(a)]).replace(version, old);

  it('is not touched, and can be changed on its hosts', () => {
    expect(errorsOf(judge(running, running))).toEqual([]);
    expect(
      errorsOf(judge(running, `${running}services: { kube-api: { extra_args: { v: "3" } } }\n`)),
    ).toEqual([]);
  });

  it('keeps its add-ons', () => {
    const after = running.replace('plugin: flannel', 'plugin: flannel, options: { flannel_iface: eth1 }');
    expect(errorsOf(judge(running, after))).toEqual([
      'network.options.flannel_iface: this change updates flannel in the running cluster, which is not supported with Kubernetes v1.15.12-rancher2-8; set it back',
    ]);
  });

  it('can be upgraded to one that has it', () => {
    expect(errorsOf(judge(running, running.replace(old, 'v1.16.15-rancher1-4')))).toEqual([]);
  });
});

describe('canal', () => {
  const canal = yml([node(a)]).replace('flannel', 'canal');

  it.each([
    ['the version', canal.replace(version, 'v1.31.1-rancher1-1')],
    ['an option', canal.replace('plugin: canal', 'plugin: canal, options: { canal_iface: eth1 }')],
    ['an image', `${canal}system_images: { canal_node: "x/y:v1" }\n`],
    ['the MTU', canal.replace('plugin: canal', 'plugin: canal, mtu: 1400')],
  ])('is updated by a change of %s', (_what, after) => {
    expect(errorsOf(judge(canal, after))).toEqual([]);
  });
});

describe('a custom encryption configuration', () => {
  const config = (...providers: readonly string[]): string =>
    `${three}services: { kube-api: { secrets_encryption_config: { enabled: true, custom_config: { apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources: [{ resources: [secrets], providers: [${providers.join(', ')}] }] } } } }\n`;
  const key = (name: string): string =>
    `{ aescbc: { keys: [{ name: ${name}, secret: MTIzNDU2Nzg5MDEyMzQ1Ng== }] } }`;

  it('must keep the key that encrypts Secrets', () => {
    const before = config(key('old'), '{ identity: {} }');
    expect(errorsOf(judge(before, config(key('new'), '{ identity: {} }')))).toEqual([
      expect.stringMatching(/secrets would become unreadable/),
    ]);
    expect(errorsOf(judge(before, config(key('new'), key('old'), '{ identity: {} }')))).toEqual([]);
    expect(errorsOf(judge(config(key('new'), key('old')), config(key('new'))))).toEqual([]);
  });
});
