import { spawn, type ChildProcess } from 'node:child_process';
import { orAborted, startDeadline, withDeadline } from '../../core/deadline.js';
import { messageOf } from '../../core/errors.js';
import { OutputTail } from './output-tail.js';

/** One start of a program. */
export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
  /** Its working directory. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text for its stdin. */
  readonly input: string;
  readonly milliseconds: number;
  readonly signal: AbortSignal;
  /** Time between SIGTERM and SIGKILL; 5 s by default. */
  readonly graceMilliseconds?: number;
}

/** How it ended, with its last lines: of stderr, or of stdout if it printed nothing there. */
export type ProgramEnd =
  | { readonly kind: 'exited'; readonly code: number; readonly lines: readonly string[] }
  | { readonly kind: 'killed'; readonly by: string; readonly lines: readonly string[] }
  | { readonly kind: 'timed-out'; readonly lines: readonly string[] }
  | { readonly kind: 'not-started'; readonly why: string };

const defaultGrace = 5000;
/** How long output is waited for that programs it has started may still hold open. */
const outputMilliseconds = 1000;
/** A process that the kernel does not end is left alone. */
const killMilliseconds = 2000;

/**
 * Runs a program to its end, or stops it when its time is up or the run is interrupted: first with SIGTERM, then with SIGKILL, each for
 * its whole process group. What a program that ended by itself has left in the background stays.
 *
 * @throws the signal's reason
 */
export async function runProgram(call: ProgramCall): Promise<ProgramEnd> {
  const { signal, milliseconds, graceMilliseconds = defaultGrace } = call;
  signal.throwIfAborted();
  using limit = startDeadline(milliseconds, signal);
  const child = start(call);
  const out = { stdout: new OutputTail(child.stdout), stderr: new OutputTail(child.stderr) };
  const lines = (): readonly string[] => (out.stderr.lines().length > 0 ? out.stderr : out.stdout).lines();
  const closed = new Promise<void>((resolve) => child.once('close', resolve));
  const ended = endOf(child, lines);
  // A second Ctrl-C ends rke at once; the program would live on, because it is in a group of its own.
  const onExit = (): void => stopGroup(child, 'SIGKILL');
  process.once('exit', onExit);
  try {
    const end = await orAborted(ended, limit.signal).catch(() => undefined);
    if (end !== undefined) {
      await within(outputMilliseconds, closed);
      return { ...end, ...('lines' in end ? { lines: lines() } : {}) };
    }
    stopGroup(child, 'SIGTERM');
    await within(graceMilliseconds, ended);
    stopGroup(child, 'SIGKILL');
    await within(killMilliseconds, ended);
    signal.throwIfAborted();
    return { kind: 'timed-out', lines: lines() };
  } finally {
    process.off('exit', onExit);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

function start({ program, args, directory, env, input }: ProgramCall): ChildProcess {
  // Windows has no process groups.
  const detached = process.platform !== 'win32';
  const child = spawn(program, args, { cwd: directory, env, stdio: 'pipe', detached });
  // A program that does not read its input is fine.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return child;
}

function endOf(child: ChildProcess, lines: () => readonly string[]): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    child.once('error', (cause) => {
      if (child.pid === undefined) resolve({ kind: 'not-started', why: reasonOf(cause) });
    });
    child.once('exit', (code, by) =>
      resolve(
        code === null
          ? { kind: 'killed', by: by ?? 'a signal', lines: lines() }
          : { kind: 'exited', code, lines: lines() },
      ),
    );
  });
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'ENOENT' ? 'not found' : code === 'EACCES' ? 'not executable' : messageOf(cause);
}

function stopGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // All of it has just ended.
  }
}

/** Waits for something, but not longer. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  await withDeadline({ milliseconds }, (signal) => orAborted(work, signal)).catch(() => undefined);
}
