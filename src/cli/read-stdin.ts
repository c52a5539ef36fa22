import { startDeadline, DeadlineError, onAbort } from '../core/deadline.js';
import { usageError } from '../core/errors.js';
import type { CallOptions } from '../host/host.js';
import { decodeClusterText, maxClusterBytes } from '../run/read-cluster.js';
import type { Io } from './io.js';

/** A pipeline may fetch the file, or wait for a person to unlock something. */
const minutes = 5;

/**
 * Reads a cluster file from standard input, up to its end.
 *
 * @throws RkeError (exit 2) on a terminal, without any text, and after 5 minutes without an end; ConfigError (exit 3) if it is not
 *   readable text; the signal's reason
 */
export async function readStdin({ stdin }: Pick<Io, 'stdin'>, { signal }: CallOptions): Promise<string> {
  if (stdin.isTTY)
    throw usageError('--config - reads the cluster file from standard input, which is a terminal', {
      fix: 'pipe a file into it, e.g. `rke up --config - < cluster.yml`, or name the file with --config',
    });
  using deadline = startDeadline(minutes * 60_000, signal);
  const chunks: Buffer[] = [];
  let size = 0;
  const forget = onAbort(deadline.signal, () => stdin.destroy(deadline.signal.reason as Error));
  try {
    deadline.signal.throwIfAborted();
    for await (const chunk of stdin) {
      const bytes = Buffer.from(chunk as Buffer | string);
      chunks.push(bytes);
      size += bytes.length;
      // What is too large is refused: the rest of it need not be read.
      if (size > maxClusterBytes) break;
    }
  } catch (cause) {
    if (signal.aborted || !(cause instanceof DeadlineError)) throw cause;
    throw usageError(`standard input did not end within ${minutes} minutes`, {
      fix: 'check the command that writes the cluster file into it',
      cause,
    });
  } finally {
    forget();
  }
  const text = decodeClusterText(Buffer.concat(chunks), '<stdin>');
  if (text.trim() !== '') return text;
  throw usageError('standard input has no cluster file: it is empty', {
    fix: 'check the command that writes the cluster file into it',
  });
}
