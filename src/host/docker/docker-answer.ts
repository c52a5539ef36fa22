import type { IncomingMessage } from 'node:http';
import { isRecord } from '../../core/stable.js';

/** Limit for an answer that is kept as a whole; the largest are archives of small files and lists of containers. */
const mostBytes = 64 * 1024 * 1024;

/** Which answers are good. */
export interface Expected {
  /** True if the answer is read while it arrives. */
  readonly isStream?: boolean;
  /** `true`, or what an answer with this status code means. */
  readonly statusCodes: Readonly<Record<number, true | string>>;
}

/** What is used of an answer. */
export type Answer = Pick<IncomingMessage, 'on' | 'once' | 'off' | 'destroy' | 'destroyed' | 'errored'>;

/** An answer that is not good; `json` is undefined if it was to be a stream. */
export class DaemonError extends Error {
  readonly statusCode: number;
  readonly json: unknown;

  constructor(statusCode: number, message: string, json: unknown) {
    super(message);
    this.name = 'DaemonError';
    this.statusCode = statusCode;
    this.json = json;
  }
}

/**
 * @returns a stream if that is wanted, otherwise JSON, or the bytes of an answer that is not JSON
 * @throws DaemonError; Error of the connection
 */
export async function receiveAnswer(
  answer: IncomingMessage,
  { isStream = false, statusCodes }: Expected,
): Promise<unknown> {
  const { statusCode = 0 } = answer;
  const meaning = statusCodes[statusCode] ?? 'unexpected';
  if (meaning === true && isStream) return answer;
  const said = jsonOf(await readAnswer(answer));
  if (meaning === true) return said;
  const words = isRecord(said) ? (said['message'] ?? said['error'] ?? said) : said;
  const message = `(HTTP code ${statusCode}) ${meaning} - ${String(words)} `;
  throw new DaemonError(statusCode, message, isStream ? undefined : said);
}

/**
 * The bytes of an answer.
 *
 * @throws Error of the connection, also for an answer that is incomplete or longer than 64 MiB
 */
export function readAnswer(answer: Answer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(answer.errored ?? new Error('the answer is incomplete'));
    // It may have been interrupted in the moment after its head has come.
    if (answer.destroyed) fail();
    const chunks: Buffer[] = [];
    let bytes = 0;
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > mostBytes)
        answer.destroy(new Error(`the answer is longer than ${mostBytes / 2 ** 20} MiB`));
    });
    answer.once('end', () => {
      // An error for every good answer takes longer than the answer.
      answer.off('close', fail);
      resolve(Buffer.concat(chunks));
    });
    answer.on('error', reject);
    answer.once('close', fail);
  });
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString()) as unknown;
  } catch {
    return bytes;
  }
}
