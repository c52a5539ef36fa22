import { lookup } from 'node:dns/promises';
import type { LabNode } from '../lab/node.js';
import { IN_NODE } from '../lab/settings.js';

/**
 * Makes a node like a machine as a cloud delivers it: no Docker, no forwarding, sudo that asks `nodocker` for a password. Its packages come
 * from the Debian mirror of the lab.
 */
export async function makeBareHost(node: LabNode): Promise<void> {
  const sources = await node.must(['cat', '/etc/apt/sources.list']);
  const [, mirror = ''] = /https?:\/\/([^/\s:]+)/.exec(sources) ?? [];
  // The DNS of the lab knows its own names only.
  const { address } = await lookup(mirror, { family: 4 });
  await node.must(['sh', '-c', `echo '${address} ${mirror}' >>/etc/hosts`]);
  const apt =
    'export DEBIAN_FRONTEND=noninteractive; apt-get -q update && apt-get -q -y --no-install-recommends';
  await node.must(['sh', '-c', `${apt} install sudo`]);
  // Nodes have no systemd: what starts and stops their services takes its place.
  const systemctl = `#!/bin/sh\n[ "$*" = "enable --now docker" ] && exec ${IN_NODE}/service start docker\nexit 1\n`;
  await node.must(['sh', '-c', 'cat >/usr/bin/systemctl && chmod 755 /usr/bin/systemctl'], {
    input: systemctl,
  });
  await node.stopDocker();
  await node.must(['apt-get', '-q', '-y', 'remove', 'docker.io']);
  await node.must(['sysctl', '-qw', 'net.ipv4.ip_forward=0']);
}
