import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { orAborted } from '../../core/deadline.js';
import type { CallOptions, ExecResult } from '../host.js';
import { CommandOutput, mostOutputBytes, OutputTooLarge } from '../ssh/command-output.js';

/**
 * Output and exit code of a program of this machine, with the limit of commands over SSH.
 *
 * @throws Error if it cannot be started or prints more, and is killed then; the signal's reason
 */
export async function readProgramOutput(
  child: ChildProcessByStdio<Writable | null, Readable, Readable>,
  { signal }: CallOptions,
): Promise<ExecResult> {
  const output = new CommandOutput(mostOutputBytes);
  output.readFromProgram(child);
  try {
    return await orAborted(output.ended, signal);
  } catch (error) {
    child.kill();
    if (error instanceof OutputTooLarge)
      throw new Error(`a command printed more than ${mostOutputBytes / 2 ** 20} MiB`, { cause: error });
    throw error;
  }
}
