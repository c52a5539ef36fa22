import type { Readable } from 'node:stream';
import type { LogLine } from '../host.js';
import { LogFrames } from './log-frames.js';

/** The longest time of a timer in Node.js is 24 days. */
export const longestMilliseconds = 24 * 24 * 3_600_000;

/** What is used of docker-modem. */
interface Modem {
  dial(request: object, done: (error: Error | null | undefined, answer: unknown) => void): void;
}

interface StreamedLog {
  readonly name: string;
  readonly tail?: number | undefined;
  readonly since?: number | undefined;
  readonly follows: boolean;
}

/**
 * GET /containers/{name}/logs, line by line while it arrives. (dockerode keeps a log that is not followed as a whole.)
 *
 * @throws Error of the modem for any answer but 200, and of the connection
 */
export async function streamLogs(
  modem: Modem,
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
    // Numbers, by which dialing-agent.ts knows that the answer is not kept.
    follow: follows ? '1' : '0',
    stdout: '1',
    stderr: '1',
    tail: tail === undefined ? 'all' : String(tail),
    ...(since === undefined ? {} : { since: since.toFixed(3) }),
  };
  const request = {
    // docker-modem appends the query, and takes the last character off a path that has one already.
    path: `/containers/${encodeURIComponent(name)}/logs?`,
    options: query,
    method: 'GET',
    isStream: true,
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
    abortSignal,
  };
  const answer = await new Promise<Readable>((resolve, reject) => {
    modem.dial(request, (error, stream) =>
      error instanceof Error ? reject(error) : resolve(stream as Readable),
    );
  });
  const frames = new LogFrames(onLine);
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    onChunk();
    frames.push(chunk);
  }
  frames.end();
}
