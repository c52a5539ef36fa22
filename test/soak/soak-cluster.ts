import { clusterYml } from '../e2e/cluster-yml.js';
import { kubectlOn } from '../e2e/kubectl.js';
import { RkeFolder, type RkeRun } from '../e2e/rke.js';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { until } from '../tools/until.js';
import { atStart, worker, type Wanted } from './changes.js';

const patience = { milliseconds: 180_000, pauseMilliseconds: 1000 };

/** Directories that exist on hosts of a cluster only. */
const directories = ['/etc/kubernetes', '/var/lib/etcd', '/var/lib/kubelet', '/etc/cni', '/run/flannel'];

/** The cluster of the soak in the lab, and what must be true of it. */
export class SoakCluster implements AsyncDisposable {
  readonly folder: RkeFolder;
  readonly first: LabNode;
  readonly #lab: Lab;

  private constructor(lab: Lab, folder: RkeFolder) {
    this.#lab = lab;
    this.folder = folder;
    this.first = this.#node('one');
  }

  /** Creates the cluster. */
  static async start(): Promise<SoakCluster> {
    const lab = await startLab({ nodes: atStart.nodes.map((hostname) => ({ hostname })) });
    const cluster = new SoakCluster(lab, await RkeFolder.create(''));
    await cluster.want(atStart);
    await cluster.complete();
    return cluster;
  }

  want({ nodes, version, maxPods, maxRequests }: Wanted): Promise<void> {
    const more = `upgrade_strategy: { drain: true, node_drain_input: { delete_local_data: true, timeout: 300 } }
services:
  kubelet: { extra_args: { max-pods: "${maxPods}" } }
  kube-api: { extra_args: { max-requests-inflight: "${maxRequests}" } }
`;
    return this.folder.write(
      'cluster.yml',
      clusterYml(this.#lab, {
        version,
        nodes: nodes.map((name) => this.#node(name)),
        roles: ({ hostname }) => (hostname === worker ? ['worker'] : ['controlplane', 'etcd', 'worker']),
        more,
      }),
    );
  }

  /** Runs `rke up` to its end. @throws Error if it fails */
  async complete(): Promise<RkeRun> {
    const run = await this.folder.rke(['up', '--yes', '--disable-port-check']);
    if (run.code !== 0) throw new Error(`rke up ended with exit code ${String(run.code)}:\n${run.stderr}`);
    return run;
  }

  /** @throws Error if the cluster is not what cluster.yml asks for, or something is left on a host that is not in it */
  async verify(wanted: Wanted): Promise<void> {
    await until(() => this.#requireNoChange(), patience);
    await until(() => this.#requireNodes(wanted), patience);
    await this.#requireMembers(wanted);
    for (const { hostname } of this.#lab.nodes)
      if (!wanted.nodes.includes(hostname)) await this.#requireClean(hostname);
  }

  /** A component may still be taking its lease after the API has restarted. */
  async #requireNoChange(): Promise<void> {
    const { code, stdout, stderr } = await this.folder.rke(['plan', '--detailed-exitcode']);
    if (code !== 0) throw new Error(`rke plan ended with exit code ${String(code)}:\n${stdout}${stderr}`);
  }

  async #requireNodes({ nodes, version }: Wanted): Promise<void> {
    const kubectl = await kubectlOn(this.first, this.folder.file('kube_config_cluster.yml'));
    const fields =
      '{.metadata.name} {.status.nodeInfo.kubeletVersion} {.status.conditions[?(@.type=="Ready")].status}{.spec.unschedulable}';
    const found = await kubectl(['get', 'nodes', '-o', `jsonpath={range .items[*]}${fields}{"\\n"}{end}`]);
    const kubelet = version.replace(/-.*/, '');
    requireSame(
      'nodes',
      found.trim().split('\n'),
      nodes.map((name) => `${name} ${kubelet} True`),
    );
  }

  async #requireMembers({ nodes }: Wanted): Promise<void> {
    const listed = await this.first.must(['docker', 'exec', 'etcd', 'etcdctl', 'member', 'list']);
    const found = listed
      .trim()
      .split('\n')
      .map((line) => line.split(', '))
      .map(([, state = '', name = '', , , isLearner = '']) => `${name} ${state} ${isLearner}`);
    requireSame(
      'members of etcd',
      found,
      nodes.filter((name) => name !== worker).map((name) => `etcd-${name} started false`),
    );
  }

  async #requireClean(hostname: string): Promise<void> {
    const node = this.#node(hostname);
    requireSame(`containers on ${hostname}`, await node.dockerPs(), []);
    const left = await node.must(['sh', '-c', `ls -d ${directories.join(' ')} 2>/dev/null; true`]);
    requireSame(`directories on ${hostname}`, left.trim().split('\n').filter(Boolean), []);
  }

  #node(name: string): LabNode {
    const found = this.#lab.nodes.find(({ hostname }) => hostname === name);
    if (found === undefined) throw new Error(`the lab has no node ${name}`);
    return found;
  }

  /** The directory stays after a failure: it has the log. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lab.down();
  }
}

function requireSame(what: string, found: readonly string[], expected: readonly string[]): void {
  const [is, should] = [found, expected].map((list) => list.toSorted().join('; '));
  if (is !== should) throw new Error(`${what}: expected ${should || 'none'}, got ${is || 'none'}`);
}
