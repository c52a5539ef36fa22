import { rm, writeFile } from 'node:fs/promises';
import type { RkeEvent } from '../../src/core/events.js';
import { clusterImages } from '../e2e/cluster-images.js';
import { clusterYml, type Role } from '../e2e/cluster-yml.js';
import { cut, type Cut } from '../e2e/cut.js';
import { kubectlOn, type Kubectl } from '../e2e/kubectl.js';
import { RkeFolder, type RkeRun } from '../e2e/rke.js';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { until } from '../tools/until.js';
import { randomFrom } from './random.js';

const version = 'v1.30.4-rancher1-1';
const more =
  'services: { kube-api: { secrets_encryption_config: { enabled: true } }, etcd: { snapshot: false } }\n';
/** A component may still be taking its lease. */
const patience = { milliseconds: 180_000, pauseMilliseconds: 1000 };

/** The first host of a cluster has all roles, the others are members of etcd and workers. */
const roles = ({ hostname }: LabNode): readonly Role[] =>
  ['one', 'four'].includes(hostname) ? ['controlplane', 'etcd', 'worker'] : ['etcd', 'worker'];

/**
 * `npm run soak -- restore [BOUNDARIES [SEED]]`: restores a cluster of three members, each time from the same snapshot. Each restore is
 * killed at an operation drawn at random; the same command must complete it, or with `--cancel`, every other time, the old data must be
 * back. At the end everything but the archive and cluster.yml is lost, and the cluster is restored to three hosts at other addresses.
 */
export async function soakRestore(boundaries: number, seed: number): Promise<void> {
  const random = randomFrom(seed);
  console.log(`restore: ${boundaries} boundaries, seed ${seed}`);
  await using cluster = await RestoredCluster.start();
  console.log(`the cluster runs; log and state are in ${cluster.folder.path}`);
  const whole = await cluster.restore();
  console.log(
    `a whole restore takes ${whole.seconds.toFixed(0)} s and ${whole.operations} operations; data as saved`,
  );
  for (let number = 1; number <= boundaries; number += 1) {
    const mark = `after-${number}`;
    await cluster.kubectl(['create', 'namespace', mark]);
    const at = 1 + Math.floor(random() * whole.operations);
    const type = random() < 0.5 ? 'operation-finished' : 'operation-started';
    let seen = 0;
    let last: RkeEvent | undefined;
    const killed = await cut(cluster.folder, cluster.command, 'SIGKILL', (event) => {
      if (event.type !== type) return false;
      seen += 1;
      if (seen === at) last = event;
      return seen === at;
    });
    const where =
      last !== undefined && 'operation' in last
        ? `killed at ${at} of ${whole.operations}, ${type} ${last.operation}`
        : 'not killed';
    console.log(`${number}. ${where}`);
    if (!killed.isCut) requireCode('the restore', killed, 0);
    if (number % 2 === 0 && killed.isCut && (await cluster.cancel(mark))) continue;
    const { seconds } = await cluster.restore();
    console.log(`   completed by the same command in ${seconds.toFixed(0)} s; data as saved`);
  }
  await cluster.moveToNewHosts();
  await cluster.folder[Symbol.asyncDispose]();
}

interface Identities {
  readonly namespaces: string;
  readonly nodes: string;
  readonly word: string;
}

class RestoredCluster implements AsyncDisposable {
  readonly folder: RkeFolder;
  readonly command = ['etcd', 'snapshot-restore', '--name', 'kept', '--yes', '--disable-port-check'];
  kubectl: Kubectl = () => Promise.reject(new Error('the cluster does not run'));
  readonly #lab: Lab;
  #hosts: readonly LabNode[];
  #saved: Identities = { namespaces: '', nodes: '', word: '' };

  private constructor(lab: Lab, folder: RkeFolder) {
    this.#lab = lab;
    this.folder = folder;
    this.#hosts = lab.nodes.slice(0, 3);
  }

  static async start(): Promise<RestoredCluster> {
    const hostnames = ['one', 'two', 'three', 'four', 'five', 'six'];
    const lab = await startLab({
      nodes: hostnames.map((hostname) => ({ hostname })),
      preload: clusterImages('v1.30.4'),
    });
    const cluster = new RestoredCluster(lab, await RkeFolder.create(''));
    await cluster.#write();
    await cluster.#succeed('up', '--disable-port-check');
    await cluster.#openKubectl();
    await cluster.kubectl(['create', 'namespace', 'before']);
    await cluster.kubectl(['create', 'secret', 'generic', 'probe', '--from-literal=word=sesame']);
    await cluster.#succeed('etcd', 'snapshot-save', '--name', 'kept');
    cluster.#saved = await cluster.#identities();
    return cluster;
  }

  get #first(): LabNode {
    const [first] = this.#hosts;
    if (first === undefined) throw new Error('the cluster has no host');
    return first;
  }

  /** Restores the snapshot. @throws Error if it fails, or anything differs from what was saved */
  async restore(): Promise<RkeRun & { readonly operations: number }> {
    const run = await this.folder.rke([...this.command, '--log-format', 'json']);
    requireCode('the restore', run, 0);
    await this.#openKubectl();
    await this.#verify(this.#saved);
    const operations = run.stderr.split('\n').filter((line) => line.includes('"operation-started"')).length;
    return { ...run, operations };
  }

  /** Cancels a restore that was killed. @returns false if etcd was healthy with the new data, so that only the restore is left */
  async cancel(mark: string): Promise<boolean> {
    const run = await this.folder.rke([...this.command, '--cancel']);
    if (run.code !== 0) {
      if (!/not be cancelled|no restore/.test(run.stderr)) requireCode('rke --cancel', run, 0);
      console.log(
        `   --cancel is refused: ${/(?:error: )?(.*not be cancelled.*|.*no restore.*)/.exec(run.stderr)?.[1] ?? ''}`,
      );
      return false;
    }
    await this.#succeed('up', '--yes', '--disable-port-check');
    await this.#openKubectl();
    await this.kubectl(['get', 'namespace', mark]);
    console.log(`   cancelled in ${run.seconds.toFixed(0)} s: namespace ${mark} is still there`);
    return true;
  }

  /** Everything is lost but the archive and cluster.yml. */
  async moveToNewHosts(): Promise<void> {
    const archive = await this.#first.must(['base64', '-w0', '/opt/rke/etcd-snapshots/kept.zip']);
    for (const host of this.#hosts) await host.stop();
    await rm(this.folder.file('cluster.rkestate'));
    await rm(this.folder.file('kube_config_cluster.yml'));
    await writeFile(this.folder.file('copy.zip'), Buffer.from(archive, 'base64'));
    this.#hosts = this.#lab.nodes.slice(3, 6);
    await this.#write();
    const run = await this.#succeed(...this.command, '--file', 'copy.zip');
    await this.#openKubectl();
    const { nodes, ...others } = await this.#identities();
    requireSame('objects', others, { namespaces: this.#saved.namespaces, word: this.#saved.word });
    const names = nodes.split('\n').map((line) => line.split(' ')[0]);
    requireSame('nodes', names.sort(), ['Node/five', 'Node/four', 'Node/six']);
    await this.#requireMembers();
    const addresses = this.#hosts.map(({ address }) => address).join(', ');
    console.log(`restored to three other hosts (${addresses}) in ${run.seconds.toFixed(0)} s; data as saved`);
  }

  async #verify(saved: Identities): Promise<void> {
    requireSame('objects', await this.#identities(), saved);
    await this.#requireMembers();
    await until(async () => {
      const plan = await this.folder.rke(['plan', '--detailed-exitcode']);
      requireCode('rke plan', plan, 0);
    }, patience);
  }

  async #requireMembers(): Promise<void> {
    const listed = await this.#first.must(['docker', 'exec', 'etcd', 'etcdctl', 'member', 'list']);
    const found = listed
      .trim()
      .split('\n')
      .map((line) => line.split(', ').slice(1, 3).join(' '));
    requireSame(
      'members',
      found.sort(),
      this.#hosts.map(({ hostname }) => `started etcd-${hostname}`).sort(),
    );
  }

  async #identities(): Promise<Identities> {
    const range = (fields: string): string =>
      `jsonpath={range .items[*]}{.kind}/{.metadata.name} ${fields}{"\\n"}{end}`;
    const namespaces = await this.kubectl([
      'get',
      'namespaces',
      '-o',
      range('{.metadata.uid} {.metadata.resourceVersion}'),
    ]);
    const nodes = await this.kubectl(['get', 'nodes', '-o', range('{.metadata.uid}')]);
    const word = await this.kubectl(['get', 'secret', 'probe', '-o', 'jsonpath={.data.word}']);
    return {
      namespaces: namespaces.trim(),
      nodes: nodes.trim(),
      word: Buffer.from(word, 'base64').toString(),
    };
  }

  async #openKubectl(): Promise<void> {
    this.kubectl = await kubectlOn(this.#first, this.folder.file('kube_config_cluster.yml'));
  }

  #write(): Promise<void> {
    const text = clusterYml(this.#lab, { version, nodes: this.#hosts, roles, more });
    return this.folder.write('cluster.yml', text);
  }

  async #succeed(...args: readonly string[]): Promise<RkeRun> {
    const run = await this.folder.rke(args);
    requireCode(`rke ${args.join(' ')}`, run, 0);
    return run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lab.down();
  }
}

function requireCode(what: string, { code, stderr }: Pick<Cut, 'code' | 'stderr'>, expected: number): void {
  if (code !== expected) throw new Error(`${what} ended with exit code ${String(code)}:\n${stderr}`);
}

function requireSame(what: string, found: object, expected: object): void {
  const [is, should] = [found, expected].map((value) => JSON.stringify(value, undefined, 1));
  if (is !== should) throw new Error(`${what}: expected ${should ?? ''}, got ${is ?? ''}`);
}
