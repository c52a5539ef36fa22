import type { LogLine } from '../host.js';
import type { DockerModem } from './docker-modem.js';
import { LogFrames } from './log-frames.js';

/** The longest time of a timer in Node.js is 24 days. */
export const longestMilliseconds = 24 * 24 * 3_600_000;

interface StreamedLog {
  readonly name: string;
  readonly tail?: number | undefined;
  readonly since?: number | undefined;
  readonly follows: boolean;
}

/**
 * GET /containers/{name}/logs, line by line while it arrives. (dockerode keeps a log that is not followed as a whole.)
 *
 * @throws DaemonError; Error of the connection
 */
export async function streamLogs(
  modem: DockerModem,
  { name, tail, since, follows }: StreamedLog,
  {
    abortSignal,
    onLine,
    onChunk,
  }: {
    readonly abortSignal: AbortSignal;
    readonly onLine: (line: LogLine) => void;
    readonly onChunk: () => void;
  },
): Promise<void> {
  const query = {
    follow: follows,
    stdout: true,
    stderr: true,
    tail: tail ?? 'all',
    ...(since === undefined ? {} : { since: since.toFixed(3) }),
  };
  const answer = await modem.send({
    path: `/containers/${encodeURIComponent(name)}/logs?`,
    options: query,
    method: 'GET',
    isStream: true,
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
    abortSignal,
  });
  const frames = new LogFrames(onLine);
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    onChunk();
    frames.push(chunk);
  }
  frames.end();
}
