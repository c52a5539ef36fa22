import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn, type Kubectl } from './kubectl.js';
import { RkeFolder } from './rke.js';
import { shopManifest } from './workload.js';

const [before, after] = ['v1.30.4-rancher1-1', 'v1.31.1-rancher1-1'];
const names = ['one', 'two', 'three', 'four'] as const;

describe('three nodes with all roles and a worker', () => {
  let lab: Lab;
  let worker: LabNode;
  let folder: RkeFolder;
  let kubectl: Kubectl;
  /** Again after the container with kubectl was replaced. */
  const connect = async (): Promise<void> => {
    kubectl = await kubectlOn(lab.nodes[0] as LabNode, folder.file('kube_config_cluster.yml'));
  };
  const yml = (version: string): string =>
    clusterYml(lab, {
      version,
      roles: ({ hostname }) => (hostname === 'four' ? ['worker'] : ['controlplane', 'etcd', 'worker']),
      // metrics-server has an emptyDir.
      more: 'upgrade_strategy: { drain: true, node_drain_input: { delete_local_data: true, timeout: 300 } }\n',
    });

  beforeAll(async () => {
    lab = await startLab({ nodes: names.map((hostname) => ({ hostname })) });
    worker = lab.nodes[3] as LabNode;
    folder = await RkeFolder.create(yml(before));
    const { code, stderr } = await folder.rke(['up', '--disable-port-check']);
    expect(code, stderr).toBe(0);
    await connect();
    await kubectl(['apply', '-f', '-'], shopManifest);
    await kubectl(['rollout', 'status', 'deployment/shop', '--timeout=180s']);
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('are upgraded while the API and a Service are asked without a pause', async () => {
    await kubectl(['cordon', 'two']);
    const service = await kubectl(['get', 'service', 'shop', '-o', 'jsonpath={.spec.clusterIP}']);
    const key = '/etc/kubernetes/ssl/kube-node-key.pem';
    const certificate = ['--cert', '/etc/kubernetes/ssl/kube-node.pem', '--key', key];
    const api = await askAll(worker, 'api', ['-k', ...certificate, 'https://127.0.0.1:6443/version']);
    const shop = await askAll(worker, 'shop', [`http://${service}`]);

    await folder.write('cluster.yml', yml(after));
    const { code, stderr, seconds } = await folder.rke(['up']);
    const [ofApi, ofShop] = [await api.end(), await shop.end()];
    expect(code, stderr).toBe(0);
    process.stderr.write(
      `upgrade of 3+1 nodes: ${seconds.toFixed(0)} s; API ${ofApi.failed.length} of ${ofApi.count} requests failed, Service ${ofShop.failed.length} of ${ofShop.count}\n${[...ofApi.failed, ...ofShop.failed].join('\n')}\n`,
    );
    for (const node of lab.nodes.slice(0, 3))
      expect(await node.must(['ls', '/opt/rke/etcd-snapshots'])).toMatch(/^rke_etcd_snapshot_.*\.zip$/m);
    expect(ofApi.count).toBeGreaterThan(100);
    expect(ofShop.count).toBeGreaterThan(100);
    expect(ofShop.failed).toEqual([]);
    // Nothing listens while the nginx-proxy of the client is itself replaced.
    const isRefused = (line: string): boolean => line.includes('curl: (7)');
    expect(ofApi.failed.filter(isRefused).length, ofApi.failed.join('\n')).toBeLessThanOrEqual(12);
    // A kube-apiserver takes connections for some seconds before it can answer, and gets every third of them.
    const unready = ofApi.failed.filter((line) => !isRefused(line));
    expect(unready.length, ofApi.failed.join('\n')).toBeLessThanOrEqual(9);
  });

  it('have the new version, are Ready, and only the node that a person has cordoned is cordoned', async () => {
    await connect();
    const fields =
      '{.metadata.name} {.status.nodeInfo.kubeletVersion} {.status.conditions[?(@.type=="Ready")].status} {.spec.unschedulable}';
    const nodes = await kubectl(['get', 'nodes', '-o', `jsonpath={range .items[*]}${fields}{"\\n"}{end}`]);
    expect(
      nodes
        .trim()
        .split('\n')
        .map((line) => line.trim())
        .sort(),
    ).toEqual(['four v1.31.1 True', 'one v1.31.1 True', 'three v1.31.1 True', 'two v1.31.1 True true']);
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('no change: ');
  });
});

/** Asks a URL on a node every 100 ms until the end. */
async function askAll(
  node: LabNode,
  name: string,
  curl: readonly string[],
): Promise<{ end: () => Promise<{ count: number; failed: string[] }> }> {
  const [log, stop] = [`/tmp/${name}.log`, `/tmp/${name}.stop`];
  const loop = `while [ ! -e ${stop} ]; do
    at=$(date +%H:%M:%S.%N)
    out=$(curl -sS -f -m 5 -o /dev/null "$@" 2>&1) && echo ok >> ${log} || echo "$at ${name} $out" >> ${log}
    sleep 0.1
  done`;
  await node.must(['sh', '-c', `rm -f ${log} ${stop}; (${loop}) >/dev/null 2>&1 &`, 'ask', ...curl]);
  return {
    end: async () => {
      await node.must(['touch', stop]);
      const lines = (await node.must(['cat', log])).trim().split('\n');
      return { count: lines.length, failed: lines.filter((line) => line !== 'ok') };
    },
  };
}
