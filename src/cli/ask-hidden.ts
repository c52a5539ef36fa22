import type { CallOptions } from '../host/host.js';
import type { Io } from './io.js';

/** True if there is a terminal for questions. */
export function canAsk({ stdin, stderr }: Io): boolean {
  return stdin.isTTY && stderr.isTTY === true;
}

/**
 * Asks for a line that is not shown while it is typed, e.g. a passphrase, and restores the terminal.
 *
 * @throws the signal's reason if it is aborted; Ctrl-C sends SIGINT, the same as without raw mode
 */
export function askHidden({ stdin, stderr }: Io, question: string, { signal }: CallOptions): Promise<string> {
  signal.throwIfAborted();
  stderr.write(question);
  // Without raw mode the terminal shows what is typed.
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  let typed = '';
  let onData: (text: string) => void = () => undefined;
  let onEnd = (): void => undefined;
  let onAbort = (): void => undefined;
  const answer = new Promise<string>((resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    onEnd = () => resolve(typed);
    onData = (text) => {
      for (const key of text) {
        if (key === '\r' || key === '\n' || key === '\u0004') resolve(typed);
        else if (key === '\u0003') process.kill(process.pid, 'SIGINT');
        else if (key === '\u007f' || key === '\b') typed = Array.from(typed).slice(0, -1).join('');
        else if (key === '\u0015') typed = '';
        else typed += key;
      }
    };
    signal.addEventListener('abort', onAbort, { once: true });
    stdin.on('data', onData);
    stdin.once('end', onEnd);
    stdin.resume();
  });
  return answer.finally(() => {
    signal.removeEventListener('abort', onAbort);
    stdin.off('data', onData);
    stdin.off('end', onEnd);
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  });
}
