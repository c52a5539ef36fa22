import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { definitionsOf } from '../../src/config/addons/addon-definitions.js';
import { addonInCluster } from '../../src/plan/addons/addons-in-cluster.js';
import { mergeTraces } from '../../src/plan/addons/host-traces.js';
import { forgetPodsScript, leaveNetworkScript } from '../../src/reconcile/intents/network-scripts.js';

const tracesOf = (name: string): ReturnType<typeof mergeTraces> => {
  const found = definitionsOf('network').find((one) => one.name === name);
  return mergeTraces([(found && addonInCluster(found.name).hostTraces) ?? {}]);
};

const routes = [
  'default via 192.168.0.1 dev eth0',
  '10.42.0.0/24 dev cni0 proto kernel scope link src 10.42.0.1',
  '10.42.0.7 dev cali1 scope link',
  '10.42.1.0/24 via 10.42.1.0 dev flannel.1 onlink',
  '10.42.2.0/26 via 10.0.0.2 dev tunl0 proto bird onlink',
  'blackhole 10.42.3.0/26 proto bird',
];
const links = [
  '1: lo: <UP>',
  '3: cali1a@if2: <UP>',
  '4: cali2b@if2: <UP>',
  '5: vethcali@if2: <UP>',
  '6: eth0: <UP>',
];
const rules = `*filter
:INPUT ACCEPT [0:0]
:cali-INPUT - [0:0]
:FLANNEL-FWD - [0:0]
:KUBE-SERVICES - [0:0]
-A INPUT -j cali-INPUT
-A INPUT -j KUBE-SERVICES
-A FORWARD -s 10.42.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
-A cali-INPUT -j ACCEPT
COMMIT
`;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rke-network-'));
  const program = (name: string, text: string): void => {
    writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(directory, name), 0o755);
  };
  const log = `echo "$(basename "$0") $*" >>${directory}/log`;
  writeFileSync(join(directory, 'log'), '');
  writeFileSync(join(directory, 'rules'), rules);
  program('nsenter', 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"');
  program(
    'ip',
    `case "$*" in "-o link show") printf '%s\\n' '${links.join("' '")}' ;; "route show root 10.42.0.0/16") printf '%s\\n' '${routes.slice(1).join("' '")}' ;; *) ${log} ;; esac`,
  );
  program('rm', log);
  program('iptables-save', `cat ${directory}/rules`);
  program('iptables-restore', `cat >>${directory}/restored`);
  for (const family of ['iptables', 'ip6tables'])
    for (const name of [`${family}-nft-save`, `${family}-legacy-save`, 'ip6tables-save'])
      program(name, 'true');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs a script as a host would. @returns the commands that change it */
function run(script: string): string[] {
  const { status, stderr } = spawnSync('sh', ['-c', script], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${directory}:${process.env['PATH'] ?? ''}` },
  });
  expect([status, stderr]).toEqual([0, '']);
  return readFileSync(join(directory, 'log'), 'utf8').trim().split('\n');
}

describe('what a host keeps of an old network plugin', () => {
  it('is neither its CNI configuration nor its tunnels and routes to other nodes', () => {
    expect(run(leaveNetworkScript(tracesOf('canal'), ['10.42.0.0/16']))).toEqual([
      'rm -f /etc/cni/net.d/10-canal.conflist /etc/cni/net.d/calico-kubeconfig',
      'ip link delete flannel.1',
      'ip link delete flannel-v6.1',
      'ip link delete vxlan.calico',
      'ip route delete 10.42.1.0/24',
      'ip route delete 10.42.2.0/26',
      'ip route delete blackhole 10.42.3.0/26',
      'ip address flush dev tunl0',
    ]);
  });

  it('is neither its iptables chains nor its rules, and those of kube-proxy stay', () => {
    run(leaveNetworkScript(tracesOf('canal'), ['10.42.0.0/16']));
    expect(readFileSync(join(directory, 'restored'), 'utf8').split('\n')).toEqual([
      '*filter',
      ':cali-INPUT - [0:0]',
      ':FLANNEL-FWD - [0:0]',
      '-D INPUT -j cali-INPUT',
      '-D FORWARD -s 10.42.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
      '-X cali-INPUT',
      '-X FLANNEL-FWD',
      'COMMIT',
      '',
    ]);
  });

  it('are no rules of others, for a plugin without comments of its own', () => {
    run(leaveNetworkScript(tracesOf('calico'), ['10.42.0.0/16']));
    const restored = readFileSync(join(directory, 'restored'), 'utf8');
    expect(restored).toContain('-D INPUT -j cali-INPUT\n');
    expect(restored).not.toContain('flanneld');
    expect(restored).not.toContain('KUBE-SERVICES');
  });

  it('is its bridge, until the pods have left it', () => {
    expect(run(forgetPodsScript(tracesOf('flannel')))).toEqual([
      'ip link delete cni0',
      'rm -rf /var/lib/cni/networks/cbr0',
    ]);
  });

  it('are the interfaces of its pods, which outlive them while a connection ends', () => {
    expect(run(forgetPodsScript(tracesOf('calico')))).toEqual([
      'ip link delete cali1a',
      'ip link delete cali2b',
    ]);
  });

  it.each(definitionsOf('network').map(({ name }) => name))('of %s is known', (name) => {
    expect(tracesOf(name).cniFiles).not.toEqual([]);
  });
});
