import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { withDeadline } from '../../core/deadline.js';
import type { CallOptions, ExecResult } from '../host.js';
import { readProgramOutput } from '../transport/program-output.js';

/** Limit of a call that answers at once. */
const callMilliseconds = 60_000;

/**
 * The Docker CLI of this machine, so that DOCKER_HOST and contexts have their usual meaning. Arguments never contain a secret.
 */
export class DockerCli {
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** @throws Error if the CLI cannot be started or takes longer; not for a non-zero exit code */
  async run(
    args: readonly string[],
    { signal, milliseconds = callMilliseconds }: CallOptions & { readonly milliseconds?: number },
  ): Promise<ExecResult> {
    return withDeadline({ milliseconds, signal }, (limit) => {
      const child = this.start(args, limit);
      child.stdin.end();
      return readProgramOutput(child, { signal: limit });
    });
  }

  /** A running call, whose input and output belong to the caller. It ends when the signal is aborted. */
  start(args: readonly string[], signal?: AbortSignal): ChildProcessWithoutNullStreams {
    const child = spawn('docker', args, { stdio: 'pipe', env: this.#env, ...(signal && { signal }) });
    // A call that ends early does not read its input; its exit code says why.
    child.stdin.on('error', () => undefined);
    return child;
  }

  /** Runs a call with the terminal of this process. @returns its exit code */
  async attach(args: readonly string[]): Promise<number> {
    const child = spawn('docker', args, { stdio: 'inherit', env: this.#env });
    const [code] = (await once(child, 'close')) as [number | null];
    return code ?? -1;
  }

  /** The socket or address of the engine, e.g. `unix:///var/run/docker.sock`; undefined if the CLI does not say. */
  async endpoint({ signal }: CallOptions): Promise<string | undefined> {
    const fromEnvironment = this.#env['DOCKER_HOST'];
    if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment;
    const format = '{{.Endpoints.docker.Host}}';
    const { code, stdout } = await this.run(['context', 'inspect', '--format', format], { signal });
    return code === 0 ? stdout.trim() : undefined;
  }
}
