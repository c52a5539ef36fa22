import { spawn } from 'node:child_process';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line of stdout and stderr, for progress. */
  readonly onLine?: (line: string) => void;
}

/** The failure in one readable line. */
export class LabError extends Error {
  override readonly name = 'LabError';
}

/** Runs a program to its end, whatever its exit code. Rejects only if the program cannot be started. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...options.env }, stdio: 'pipe' });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        output[name] += chunk;
        for (const line of chunk.split('\n')) if (line.trim() !== '') options.onLine?.(line.trimEnd());
      });
    }
    child.on('error', (cause) => reject(new LabError(`${command} cannot be started`, { cause })));
    child.on('close', (code) => resolve({ code: code ?? 1, ...output }));
    // A program may end without reading its input; its exit code is more useful than EPIPE.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** Runs a program that is expected to succeed. @returns its output without the last newline */
export async function must(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code === 0) return stdout.trimEnd();
  const said = (stderr.trim() || stdout.trim()).split('\n').slice(-5).join('\n');
  throw new LabError(`${command} ${args.slice(0, 4).join(' ')} … ended with ${code}: ${said}`);
}

export const hasProgram = async (name: string): Promise<boolean> =>
  (await run('sh', ['-c', `command -v ${name}`])).code === 0;
