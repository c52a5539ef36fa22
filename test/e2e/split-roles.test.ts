import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterImages } from './cluster-images.js';
import { clusterYml, type Role } from './cluster-yml.js';
import { kubectlOn, type Kubectl } from './kubectl.js';
import { RkeFolder } from './rke.js';
import { webManifest } from './workload.js';

const hostnames = ['etcd1', 'etcd2', 'etcd3', 'control1', 'control2', 'worker1', 'worker2'] as const;

function roleOf({ hostname }: LabNode): readonly Role[] {
  if (hostname.startsWith('etcd')) return ['etcd'];
  return hostname.startsWith('control') ? ['controlplane'] : ['worker'];
}

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly nodeName: string };
    readonly status: { readonly podIP: string };
  }[];
}

/** Each role on separate nodes: workers have no API server, and etcd nodes no control plane. */
describe.each(['v1.30.4-rancher1-1', 'v1.31.1-rancher1-1'])(
  'seven nodes with one role each, %s',
  (version) => {
    // Pulling everything on seven nodes takes two minutes; other tests pull.
    const preload = clusterImages(version.replace(/-.*/, ''));
    let lab: Lab;
    let folder: RkeFolder;
    let kubectl: Kubectl;
    const node = (name: (typeof hostnames)[number]): LabNode =>
      lab.nodes.find(({ hostname }) => hostname === name) as LabNode;

    beforeAll(async () => {
      lab = await startLab({ nodes: hostnames.map((hostname) => ({ hostname })), preload });
      folder = await RkeFolder.create(clusterYml(lab, { version, roles: roleOf }));
      const { code, stderr } = await folder.rke(['up']);
      expect(code, stderr).toBe(0);
      kubectl = await kubectlOn(node('worker1'), folder.file('kube_config_cluster.yml'));
    });
    afterAll(async () => {
      await lab.down();
      await folder[Symbol.asyncDispose]();
    });

    it('are Ready, each with its role', async () => {
      const listed = (await kubectl(['get', 'nodes', '--no-headers'])).split('\n');
      const found = listed.map((line) => line.split(/\s+/).slice(0, 3).join(' ')).sort();
      expect(found).toEqual(
        hostnames
          .map((hostname) => `${hostname} Ready ${hostname.replace('control', 'controlplane').slice(0, -1)}`)
          .sort(),
      );
    });

    it('run the containers of their roles', async () => {
      const everywhere = ['kube-proxy', 'kubelet', 'service-sidekick'];
      const planned = async (name: (typeof hostnames)[number]): Promise<string[]> =>
        (await node(name).dockerPs()).filter((container) => !container.startsWith('k8s_'));
      expect(await planned('etcd2')).toEqual(
        ['etcd', 'etcd-rolling-snapshots', 'nginx-proxy', ...everywhere].sort(),
      );
      expect(await planned('control2')).toEqual(
        ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', ...everywhere].sort(),
      );
      expect(await planned('worker2')).toEqual(['nginx-proxy', ...everywhere].sort());
    });

    it('let pods of both workers reach each other, and a Service by its name', async () => {
      // Tolerations of the manifest would put pods on every node.
      const onWorkers = webManifest.replace('tolerations: [{ operator: Exists }]', 'tolerations: []');
      await kubectl(['apply', '-f', '-'], onWorkers);
      await kubectl(['rollout', 'status', 'daemonset/web', '--timeout=120s']);
      const pods = JSON.parse(await kubectl(['get', 'pods', '-l', 'app=web', '-o', 'json'])) as Pods;
      expect(pods.items.map(({ spec }) => spec.nodeName).sort()).toEqual(['worker1', 'worker2']);
      for (const { metadata } of pods.items) {
        const get = (url: string): Promise<string> =>
          kubectl(['exec', metadata.name, '--', 'wget', '-qO-', url]);
        for (const { status, spec } of pods.items)
          expect(await get(`http://${status.podIP}:8080`)).toBe(`hello from ${spec.nodeName}`);
        expect(await get('http://web.default.svc.cluster.local')).toMatch(/^hello from worker/);
      }
    });

    it('are not touched by a second run', async () => {
      const { code, stderr } = await folder.rke(['up']);
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(/no change: \d+ containers/);
    });

    it('are reachable through nginx-proxy of a worker when a control plane is stopped', async () => {
      // The kubeconfig of the worker's kubelet, whose server is the worker's nginx-proxy.
      const asKubelet = (name: 'worker1' | 'worker2'): Promise<string> =>
        node(name).must([
          ...['docker', 'exec', 'kubelet', 'kubectl', '--request-timeout=10s'],
          ...[
            '--kubeconfig',
            '/etc/kubernetes/ssl/kubecfg-kube-node.yaml',
            'get',
            'node',
            name,
            '-o',
            'name',
          ],
        ]);
      const kubeconfig = await node('worker1').must([
        ...['docker', 'exec', 'kubelet', 'cat', '/etc/kubernetes/ssl/kubecfg-kube-node.yaml'],
      ]);
      expect(kubeconfig).toMatch(/server: "?https:\/\/127\.0\.0\.1:6443/);
      await node('control1').stop();
      // Connections go to the control planes in turn, so one of two in a row reaches the stopped one.
      for (const name of ['worker1', 'worker2', 'worker1', 'worker2'] as const)
        expect(await asKubelet(name)).toBe(`node/${name}`);
    });
  },
);
