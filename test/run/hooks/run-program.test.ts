import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runProgram, type ProgramCall, type ProgramEnd } from '../../../src/run/hooks/run-program.js';

let directory: string;
beforeAll(async () => (directory = await mkdtemp(join(tmpdir(), 'rke-program-'))));
afterAll(() => rm(directory, { recursive: true }));

const run = (script: string, change: Partial<ProgramCall> = {}): Promise<ProgramEnd> =>
  runProgram({
    program: '/bin/sh',
    args: ['-c', script],
    directory,
    env: process.env,
    input: '{"a":1}',
    milliseconds: 60_000,
    signal: new AbortController().signal,
    graceMilliseconds: 100,
    ...change,
  });

/** The process ids that a script has written to a file, when there are `count` of them. */
async function pidsIn(name: string, count: number): Promise<number[]> {
  const read = async (): Promise<number[]> => {
    const text = await readFile(join(directory, name), 'utf8');
    const pids = text.trim().split('\n').map(Number);
    expect(pids).toHaveLength(count);
    return pids;
  };
  return vi.waitFor(read, { timeout: 10_000, interval: 10 });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const gone = (pids: readonly number[]): Promise<void> =>
  vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 10_000, interval: 10 });

describe('a program', () => {
  it('gets its input on stdin, and its directory', async () => {
    expect(await run('cat > got; pwd > where')).toEqual({ kind: 'exited', code: 0, lines: [] });
    expect(await readFile(join(directory, 'got'), 'utf8')).toBe('{"a":1}');
    expect((await readFile(join(directory, 'where'), 'utf8')).trim()).toBe(directory);
  });

  it('may leave a large input unread', async () => {
    const end = await run('exec true', { input: 'x'.repeat(4 * 1024 * 1024) });
    expect(end).toMatchObject({ kind: 'exited', code: 0 });
  });

  it.each<[string, string, ProgramEnd]>([
    [
      'an exit code and stderr',
      'echo out; echo why >&2; exit 3',
      { kind: 'exited', code: 3, lines: ['why'] },
    ],
    ['stdout if stderr is empty', 'echo out; exit 3', { kind: 'exited', code: 3, lines: ['out'] }],
    ['a signal', 'echo why >&2; kill -KILL $$', { kind: 'killed', by: 'SIGKILL', lines: ['why'] }],
  ])('that fails is reported with %s', async (_what, script, end) => {
    expect(await run(script)).toEqual(end);
  });

  it('that prints without end is stopped in time, and only its last lines are kept', async () => {
    const end = await run('yes 2>&1 >&2', { milliseconds: 300 });
    expect(end).toMatchObject({ kind: 'timed-out' });
    expect('lines' in end && end.lines.length).toBe(10);
  });

  it.each([
    ['a program that does not exist', 'no-such-program', 'not found'],
    ['a file that is not executable', './plain', 'not executable'],
  ])('%s is not started', async (_what, program, why) => {
    await writeFile(join(directory, 'plain'), 'text', { mode: 0o644 });
    const path = program.startsWith('.') ? join(directory, program) : program;
    expect(await run('', { program: path })).toEqual({ kind: 'not-started', why });
  });

  it('whose time is up ends with all that it has started, even if it ignores SIGTERM', async () => {
    const script =
      'trap "" TERM; sh -c "trap \\"\\" TERM; echo \\$\\$ >> stuck; while :; do sleep 0.05; done" & echo $$ >> stuck; wait';
    const running = run(script, { milliseconds: 1500 });
    const pids = await pidsIn('stuck', 2);
    expect(await running).toEqual({ kind: 'timed-out', lines: [] });
    await gone(pids);
  });

  it('that is interrupted can end cleanly, and the reason of the interruption is thrown', async () => {
    const control = new AbortController();
    const reason = new Error('interrupted');
    const running = run(
      'trap "echo cleaned > clean; exit 0" TERM; echo $$ > pid; while :; do sleep 0.05; done',
      {
        signal: control.signal,
        graceMilliseconds: 10_000,
      },
    );
    const pids = await pidsIn('pid', 1);
    control.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(await readFile(join(directory, 'clean'), 'utf8')).toBe('cleaned\n');
    await gone(pids);
  });

  it('does not start after an interruption', async () => {
    const reason = new Error('interrupted');
    await expect(run('touch started', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(readFile(join(directory, 'started'))).rejects.toThrow('ENOENT');
  });

  it('that leaves another one in the background, with its output open, ends anyway', async () => {
    const start = performance.now();
    expect(await run('sleep 30 & echo $! > left')).toMatchObject({ kind: 'exited', code: 0 });
    expect(performance.now() - start).toBeLessThan(10_000);
    const [pid = 0] = await pidsIn('left', 1);
    expect(isAlive(pid)).toBe(true);
    process.kill(pid);
  });
});
