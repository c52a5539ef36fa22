import { watchInterrupts } from './interrupt.js';
import { processIo, type Io } from './io.js';
import { limitHeap } from './limit-heap.js';
import { runProgram } from './program/program.js';

/**
 * Runs one command line.
 *
 * @param argv arguments without node and script
 * @returns the exit code; never throws
 */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  limitHeap();
  const interrupts = watchInterrupts();
  try {
    return await runProgram(argv, { io, signal: interrupts.signal });
  } catch (error) {
    const { showError } = await import('./show-error.js');
    return showError(error, { io, debug: argv.includes('--debug') || argv.includes('-d') });
  } finally {
    interrupts.release();
  }
}
