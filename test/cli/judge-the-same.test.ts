import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { node, oneNode, version } from '../config/judge.js';
import { runIn, useFolder } from './run.js';

const folder = useFolder();

const encryption = (config: object): string =>
  `${oneNode}services: { kube-api: { secrets_encryption_config: { enabled: true, custom_config: ${JSON.stringify(config)} } } }\n`;
const external = (member: string): string =>
  `nodes: [{ address: 10.10.0.11, user: ops, role: [controlplane, worker] }]\n${version}services: { etcd: { external_urls: ["https://etcd:2379"], path: /r, ca_cert: x, cert: x, key: x, ${member}: "no PEM" } }\n`.replace(
    `${member}: x, `,
    '',
  );

const addons = 'network: { plugin: flannel }\ningress: { provider: none }\n';

describe('rke config validate, plan and up report the same errors', () => {
  it.each<[string, string, string]>([
    ['external etcd, CA', external('ca_cert'), 'services.etcd.ca_cert'],
    ['external etcd, certificate', external('cert'), 'services.etcd.cert'],
    ['external etcd, key', external('key'), 'services.etcd.key'],
    ['inline SSH key', `nodes: [${node('ssh_key: ~/.ssh/id_rsa')}]\n${version}`, 'nodes[0].ssh_key'],
    ['encryption', encryption({ resources: [] }), 'custom_config.resources'],
    ['DNS', `${oneNode}dns: { upstreamnameservers: [1.1.1.300] }\n`, 'dns.upstreamnameservers[0]'],
    ['SAN', `${oneNode}authentication: { sans: ["https://lb"] }\n`, 'authentication.sans[0]'],
    ['label', `nodes: [${node('labels: { a: "b c" }')}]\n${version}`, 'nodes[0].labels.a'],
    [
      'taint',
      `nodes: [${node('taints: [{ key: "b c", effect: NoSchedule }]')}]\n${version}`,
      'nodes[0].taints[0].key',
    ],
    [
      'socket',
      `nodes: [${node('docker_socket: tcp://10.0.0.1:2375')}]\n${version}`,
      'nodes[0].docker_socket',
    ],
  ])('for an invalid value: %s', async (_, text, path) => {
    await writeFile(join(folder(), 'cluster.yml'), text + addons);
    const home = { HOME: folder() };
    const ran = [
      await runIn(folder(), ['config', 'validate'], home),
      await runIn(folder(), ['plan', '--offline'], home),
      await runIn(folder(), ['up'], home),
    ];
    const errors = ran.map(({ stdout, stderr }) =>
      `${stdout}\n${stderr}`.split('\n').filter((line) => /cluster\.yml:\d+:\d+ +error/.test(line)),
    );
    expect(ran.map(({ code }) => code)).toEqual([3, 3, 3]);
    expect(errors[0]?.join()).toContain(`${path}: `);
    expect(errors[1]).toEqual(errors[0]);
    expect(errors[2]).toEqual(errors[0]);
  });
});
