import { expect } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { diffSnapshots, type HostSnapshot } from '../lab/snapshot.js';
import { clusterYml, type ClusterYmlOptions } from './cluster-yml.js';
import { kubectlOn, type Kubectl } from './kubectl.js';
import { RkeFolder } from './rke.js';

type ClusterSettings = Pick<ClusterYmlOptions, 'network' | 'networkOptions' | 'ingress' | 'version'>;

/** Two new hosts, `one` with all roles and `two`, a worker, with the cluster.yml of a cluster. */
export class TwoNodes implements AsyncDisposable {
  readonly folder: RkeFolder;
  private readonly lab: Lab;
  private readonly before: readonly HostSnapshot[];

  private constructor(lab: Lab, folder: RkeFolder, before: readonly HostSnapshot[]) {
    this.lab = lab;
    this.folder = folder;
    this.before = before;
  }

  static async start(settings: ClusterSettings): Promise<TwoNodes> {
    const lab = await startLab({ nodes: [{ hostname: 'one' }, { hostname: 'two' }] });
    const before = await Promise.all(lab.nodes.map((node) => node.snapshot()));
    return new TwoNodes(lab, await RkeFolder.create(fileOf(lab, settings)), before);
  }

  get nodes(): readonly [LabNode, LabNode] {
    return this.lab.nodes as unknown as readonly [LabNode, LabNode];
  }

  /** Changes the cluster.yml. */
  configure(settings: ClusterSettings): Promise<void> {
    return this.folder.write('cluster.yml', fileOf(this.lab, settings));
  }

  /** @returns its output on stderr */
  async up(...flags: readonly string[]): Promise<string> {
    const { code, stderr } = await this.folder.rke(['up', ...flags]);
    expect(code, stderr).toBe(0);
    return stderr;
  }

  kubectl(): Promise<Kubectl> {
    return kubectlOn(this.nodes[0], this.folder.file('kube_config_cluster.yml'));
  }

  /** Removes the cluster, after which the hosts are as they were. */
  async expectCleanRemoval(): Promise<void> {
    const { code, stderr } = await this.folder.rke(['remove', '--force']);
    expect(code, stderr).toBe(0);
    for (const [index, node] of this.nodes.entries()) {
      const left = diffSnapshots(this.before[index] as HostSnapshot, await node.snapshot());
      expect(left.filter(isOfCluster), node.hostname).toEqual([]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab.down();
    await this.folder[Symbol.asyncDispose]();
  }
}

function fileOf(lab: Lab, settings: ClusterSettings): string {
  const roles = ({ hostname }: LabNode) =>
    hostname === 'one' ? (['controlplane', 'etcd', 'worker'] as const) : (['worker'] as const);
  return clusterYml(lab, { roles, ...settings });
}

/** An iptables table that was used once stays in the kernel, empty. The node's own DNS gets other ports when it starts again. */
export const isOfCluster = (line: string): boolean => !/^\+ iptables \*\w+$| 127\.0\.0\.11/.test(line);
