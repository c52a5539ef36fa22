import type { Docker } from './docker.js';
import { lines } from './docker.js';
import type { NodeRecord } from './node-container.js';
import { LabError, type Ran } from './process.js';
import { IN_NODE, type DockerVersion } from './settings.js';
import { CLUSTER_DIRECTORIES, parseSnapshot, type HostSnapshot } from './snapshot.js';

export interface ExecOptions {
  /** Default: root. */
  readonly user?: string;
  readonly input?: string | undefined;
}

/** One node of a lab, accessed from outside: never over the node's SSH or Docker, which rke uses. */
export class LabNode {
  readonly hostname: string;
  readonly address: string;
  /** Who may log in and use Docker; `nodocker` may log in only. */
  readonly user: string;
  readonly dockerVersion: DockerVersion;
  /** The container that is the node. */
  readonly name: string;
  readonly sshKeyPath: string;
  readonly #docker: Docker;

  constructor(docker: Docker, record: Omit<NodeRecord, 'running'>, sshKeyPath: string) {
    this.#docker = docker;
    this.name = record.container;
    this.hostname = record.hostname;
    this.address = record.address;
    this.user = record.user;
    this.dockerVersion = record.docker;
    this.sshKeyPath = sshKeyPath;
  }

  /** Runs a program on the node, whatever its exit code. */
  exec(command: readonly string[], { user = 'root', input }: ExecOptions = {}): Promise<Ran> {
    const stdin = input === undefined ? [] : ['-i'];
    return this.#docker.try(
      ['exec', ...stdin, '-u', user, this.name, ...command],
      input === undefined ? {} : { input },
    );
  }

  /** Runs a program that is expected to succeed. @returns its output */
  async must(command: readonly string[], options: ExecOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.exec(command, options);
    if (code === 0) return stdout.trimEnd();
    throw new LabError(
      `${this.hostname}: ${command.join(' ')} ended with ${code}: ${stderr.trim() || stdout.trim()}`,
    );
  }

  /** Copies a file of this machine to the node. */
  async copy(file: string, to: string): Promise<void> {
    await this.#docker.run(['cp', '-q', file, `${this.name}:${to}`]);
  }

  /** Waits until SSH and Docker answer. */
  async ready(): Promise<void> {
    await this.must([`${IN_NODE}/ready`]);
  }

  /** The names of the node's containers, stopped ones too. */
  async dockerPs(): Promise<string[]> {
    return lines(await this.must(['docker', 'ps', '-a', '--format', '{{.Names}}'])).sort();
  }

  /** Possible leftovers of a cluster; compare with `diffSnapshots`. */
  async snapshot(directories: readonly string[] = CLUSTER_DIRECTORIES): Promise<HostSnapshot> {
    return parseSnapshot(await this.must([`${IN_NODE}/snapshot`, ...directories]));
  }

  // Faults. Each can be undone.

  /** Shuts the machine down cleanly. */
  async stop(): Promise<void> {
    await this.#docker.run(['stop', '-t', '60', this.name]);
  }

  /** Simulates a power failure. */
  async kill(): Promise<void> {
    await this.#docker.run(['kill', this.name]);
  }

  /** Boots the machine again, with the same keys and containers. */
  async start(): Promise<void> {
    await this.#docker.run(['start', this.name]);
    await this.ready();
  }

  /** Boots the machine as a freshly installed one: other host keys and machine-id, no containers, nothing of a cluster. */
  async reinstall(): Promise<void> {
    await this.exec(['sh', '-c', 'docker rm -f $(docker ps -aq)']);
    await this.exec(['rm', '-rf', ...CLUSTER_DIRECTORIES]); // What is mounted goes with the next boot.
    await this.must(['sh', '-c', 'rm -f /etc/ssh/ssh_host_*; : >/etc/machine-id']);
    await this.stop();
    await this.start();
    await this.exec(['rm', '-rf', ...CLUSTER_DIRECTORIES]);
  }

  /** Freezes everything: connections hang, new ones too. */
  async pause(): Promise<void> {
    await this.#docker.run(['pause', this.name]);
  }

  async unpause(): Promise<void> {
    await this.#docker.run(['unpause', this.name]);
  }

  /** Disconnects the node from the network: packets to and from it are dropped. */
  async unplug(): Promise<void> {
    for (const rule of offline) await this.must(['iptables', '-w', '-I', ...rule]);
  }

  async plug(): Promise<void> {
    for (const rule of offline) await this.must(['iptables', '-w', '-D', ...rule]);
  }

  async stopDocker(): Promise<void> {
    await this.must([`${IN_NODE}/service`, 'stop', 'docker']);
  }

  async startDocker(): Promise<void> {
    await this.must([`${IN_NODE}/service`, 'start', 'docker']);
  }

  /** Refuses new SSH connections; with `sessions`, also ends open ones. */
  async stopSsh({ sessions = false } = {}): Promise<void> {
    await this.must([`${IN_NODE}/service`, 'stop', 'ssh']);
    if (sessions) await this.exec(['pkill', '-x', 'sshd']);
  }

  async startSsh(): Promise<void> {
    await this.must([`${IN_NODE}/service`, 'start', 'ssh']);
  }

  /** Listens on a TCP port, like a program that blocks it. @returns the function that ends it */
  async usePort(port: number): Promise<() => Promise<void>> {
    const pidFile = `/tmp/port-${port}.pid`;
    const listen = `echo $$ >${pidFile}; exec socat TCP-LISTEN:${port},fork,reuseaddr SYSTEM:true`;
    await this.#docker.run(['exec', '-d', this.name, 'sh', '-c', listen]);
    const isOpen = `for i in $(seq 100); do ss -Hltn 'sport = :${port}' | grep -q . && exit 0; sleep 0.05; done; exit 1`;
    await this.must(['sh', '-c', isOpen]);
    return async () => {
      await this.must(['sh', '-c', `kill "$(cat ${pidFile})" && rm ${pidFile}`]);
    };
  }

  /** Drops packets from other nodes to a TCP port. @returns the function that accepts them again */
  async blockPort(port: number): Promise<() => Promise<void>> {
    const rule = ['INPUT', '-i', 'eth0', '-p', 'tcp', '--dport', String(port), '-j', 'DROP'];
    await this.must(['iptables', '-w', '-I', ...rule]);
    return async () => {
      await this.must(['iptables', '-w', '-D', ...rule]);
    };
  }

  /** Fills a disk from `disks`. @returns the function that frees the space again */
  async fillDisk(path: string): Promise<() => Promise<void>> {
    const kind = await this.must(['stat', '-f', '-c', '%T', path]);
    // Any other directory is on the disk of this machine.
    if (kind !== 'tmpfs')
      throw new LabError(`${path} of ${this.hostname} has no disk of its own: ask for one in disks`);
    const filler = `${path}/.lab-filler`;
    await this.exec(['dd', 'if=/dev/zero', `of=${filler}`, 'bs=1M']);
    return async () => {
      await this.must(['rm', filler]);
    };
  }
}

const offline = [
  ['INPUT', '-i', 'eth0', '-j', 'DROP'],
  ['OUTPUT', '-o', 'eth0', '-j', 'DROP'],
  ['FORWARD', '-i', 'eth0', '-j', 'DROP'],
  ['FORWARD', '-o', 'eth0', '-j', 'DROP'],
] as const;
