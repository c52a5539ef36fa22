import {
  dindAddressLabel,
  dindClusterLabel,
  dindContainerName,
  dindNodeLabel,
} from '../../core/dind-names.js';
import type { DindContainer, DindObserved, DindStep } from '../../reconcile/dind/dind-steps.js';
import type { CallOptions } from '../host.js';
import { startErrorOf, stepErrorOf, stillStarting, unusableEngine } from './dind-errors.js';
import { DockerCli } from './docker-cli.js';
import { entryScript, waitScript } from './dind-scripts.js';

/** What is read of the Docker of this machine before it gets node containers. */
export interface DindMachine {
  readonly rootDir: string;
  readonly securityOptions: readonly string[];
}

/** The Docker of this machine, as far as node containers need it. */
export interface DindEngine {
  /** @throws RkeError (exit 6) if it cannot be used, or its containers cannot be reached from here */
  check(options: CallOptions): Promise<DindMachine>;
  /** Names of all networks, and their ranges. */
  networks(options: CallOptions): Promise<{ readonly names: string[]; readonly ranges: string[] }>;
  observe(cluster: string, image: string, options: CallOptions): Promise<DindObserved>;
  /** Performs one step; a node is ready for use at its end. @throws RkeError (exit 6) */
  perform(step: DindStep, options: CallOptions): Promise<void>;
  /** Runs a shell, or a command line of it, in a node with the terminal of this process. @returns its exit code */
  shell(address: string, command: string | undefined, hasTerminal: boolean): Promise<number>;
}

const pullMilliseconds = 20 * 60_000;
const removeMilliseconds = 150_000;
const readyMilliseconds = 100_000;

/** @param env of the Docker CLI, e.g. with DOCKER_HOST */
export const createDindEngine = (env: NodeJS.ProcessEnv): DindEngine => new CliEngine(new DockerCli(env));

class CliEngine implements DindEngine {
  readonly #cli: DockerCli;

  constructor(cli: DockerCli) {
    this.#cli = cli;
  }

  async check(options: CallOptions): Promise<DindMachine> {
    const { code, stdout, stderr } = await this.#cli
      .run(['info', '--format', '{{json .}}'], options)
      .catch((error: unknown) => {
        options.signal.throwIfAborted();
        throw startErrorOf(error);
      });
    const info = (code === 0 ? JSON.parse(stdout) : {}) as Readonly<Record<string, unknown>>;
    const endpoint = await this.#cli.endpoint(options);
    const reason = unusableEngine({ info, endpoint, stderr });
    if (reason !== undefined) throw reason;
    const { DockerRootDir, SecurityOptions } = info;
    return {
      rootDir: String(DockerRootDir),
      securityOptions: Array.isArray(SecurityOptions) ? SecurityOptions.map(String) : [],
    };
  }

  async networks(options: CallOptions): Promise<{ names: string[]; ranges: string[] }> {
    const ids = linesOf(await this.#must('list networks', ['network', 'ls', '-q'], options));
    const format = '{{.Name}}{{range .IPAM.Config}} {{.Subnet}}{{end}}';
    const found = await this.#must(
      'read networks',
      ['network', 'inspect', '--format', format, ...ids],
      options,
    );
    const rows = linesOf(found).map((line) => line.split(' '));
    return {
      names: rows.flatMap(([name]) => name ?? []),
      ranges: rows.flatMap(([, ...ranges]) => ranges.filter((range) => range.includes('/'))),
    };
  }

  async observe(cluster: string, image: string, options: CallOptions): Promise<DindObserved> {
    const label = ['--filter', `label=${dindClusterLabel}=${cluster}`];
    const fields = [dindAddressLabel, dindNodeLabel].map((name) => `{{.Label "${name}"}}`);
    const format = ['{{.Names}}', '{{.State}}', ...fields].join('\t');
    const [containers, networks, images] = await Promise.all([
      this.#must('list containers', ['ps', '--all', ...label, '--format', format], options),
      this.#must('list networks', ['network', 'ls', ...label, '--format', '{{.Name}}'], options),
      this.#cli.run(['image', 'inspect', '--format', '{{.Id}}', image], options),
    ]);
    return {
      containers: linesOf(containers).map(parseContainer),
      hasNetwork: linesOf(networks).includes(cluster),
      hasImage: images.code === 0,
    };
  }

  async perform(step: DindStep, options: CallOptions): Promise<void> {
    switch (step.kind) {
      case 'pull-image':
        await this.#step(step, ['pull', '--quiet', step.image], {
          ...options,
          milliseconds: pullMilliseconds,
        });
        return;
      case 'create-network': {
        const label = `${dindClusterLabel}=${step.cluster}`;
        await this.#step(
          step,
          ['network', 'create', '--label', label, '--subnet', step.subnet, step.cluster],
          options,
        );
        return;
      }
      case 'create-node':
        await this.#step(step, await this.#createArguments(step, options), options);
        await this.#awaitReady(step.container, options);
        return;
      case 'start-node':
        await this.#step(step, ['start', step.container], options);
        await this.#awaitReady(step.container, options);
        return;
      case 'remove-node':
        await this.#requireLabel('container', step.container, step, options);
        await this.#step(step, ['rm', '--force', '--volumes', step.container], {
          ...options,
          milliseconds: removeMilliseconds,
        });
        return;
      case 'remove-network':
        await this.#requireLabel('network', step.cluster, step, options);
        await this.#step(step, ['network', 'rm', step.cluster], options);
    }
  }

  shell(address: string, command: string | undefined, hasTerminal: boolean): Promise<number> {
    const flags = hasTerminal ? '-it' : '-i';
    const line = command === undefined ? [] : ['-c', command];
    return this.#cli.attach(['exec', flags, dindContainerName(address), '/bin/sh', ...line]);
  }

  /** The container runs the entry point of its image with the arguments `dockerd …`, after a script that makes it a node. */
  async #createArguments(
    { cluster, container, node, settings }: Extract<DindStep, { kind: 'create-node' }>,
    options: CallOptions,
  ): Promise<string[]> {
    const read = ['image', 'inspect', '--format', '{{json .Config.Entrypoint}}', settings.image];
    const entrypoint = JSON.parse(await this.#must(`read image ${settings.image}`, read, options)) as
      readonly string[] | null;
    const { storageDriver } = settings;
    const labels = {
      [dindClusterLabel]: cluster,
      [dindNodeLabel]: node.name,
      [dindAddressLabel]: node.address,
    };
    return [
      ...['run', '--detach', '--pull', 'never', '--name', container, '--hostname', node.name],
      ...['--privileged', '--cgroupns', 'private', '--restart', 'unless-stopped'],
      ...['--network', cluster, '--ip', node.address],
      ...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
      // Layers of Docker cannot be on those of another one. A volume without a name is removed with its container.
      ...['--tmpfs', '/run:exec,dev,suid,mode=755', '--mount', 'type=volume,target=/var/lib/docker'],
      ...[
        '--volume',
        '/lib/modules:/lib/modules:ro',
        '--env',
        `RKE_DIND_DNS=${settings.dnsServers.join(' ')}`,
      ],
      ...['--entrypoint', '/bin/sh', settings.image, '-c', entryScript, 'rke-dind'],
      ...[...(entrypoint ?? []), 'dockerd', '--host=unix:///var/run/docker.sock'],
      ...(storageDriver === undefined ? [] : [`--storage-driver=${storageDriver}`]),
    ];
  }

  async #awaitReady(container: string, options: CallOptions): Promise<void> {
    const call = { ...options, milliseconds: readyMilliseconds };
    const { code } = await this.#cli.run(['exec', container, '/bin/sh', '-c', waitScript], call);
    if (code === 0) return;
    const log = await this.#cli.run(['logs', '--tail', '5', container], options);
    throw stillStarting(container, linesOf(`${log.stdout}${log.stderr}`));
  }

  async #requireLabel(
    kind: 'container' | 'network',
    name: string,
    step: Extract<DindStep, { cluster: string }>,
    options: CallOptions,
  ): Promise<void> {
    const labels = kind === 'container' ? '.Config.Labels' : '.Labels';
    const format = `{{index ${labels} "${dindClusterLabel}"}}`;
    const found = await this.#must(
      `read ${kind} ${name}`,
      [kind, 'inspect', '--format', format, name],
      options,
    );
    if (found.trim() !== step.cluster)
      throw stepErrorOf(step, `${kind} ${name} does not have the label ${dindClusterLabel}=${step.cluster}`);
  }

  async #step(
    step: DindStep,
    args: readonly string[],
    options: CallOptions & { readonly milliseconds?: number },
  ): Promise<void> {
    const { code, stderr } = await this.#cli.run(args, options);
    if (code !== 0) throw stepErrorOf(step, stderr);
  }

  async #must(action: string, args: readonly string[], options: CallOptions): Promise<string> {
    const { code, stdout, stderr } = await this.#cli.run(args, options);
    if (code !== 0) throw stepErrorOf(action, stderr);
    return stdout;
  }
}

function parseContainer(line: string): DindContainer {
  const [container = '', state, address = '', name = ''] = line.split('\t');
  return { container, isRunning: state === 'running', address, name };
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
