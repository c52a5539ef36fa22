import type { IncomingMessage } from 'node:http';
import type { ApiAnswer } from './api-error.js';

/**
 * Limit for an answer. The largest of a usual cluster is a page of 250 Secrets, each with 1 MiB of data in base64; a page of
 * 500 nodes has some MiB.
 */
const mostBytes = 400 * 2 ** 20;

/** The server sent more than the limit. */
export class AnswerTooLarge extends Error {
  constructor(bytes: number) {
    super(`the answer is longer than ${bytes / 2 ** 20} MiB`);
  }
}

/**
 * Reads an answer to its end.
 *
 * @param most limit in bytes
 * @throws AnswerTooLarge as soon as it announces or has more; the connection is then closed
 */
export async function readAnswer(
  response: Pick<IncomingMessage, 'headers' | 'statusCode'> & AsyncIterable<unknown> & { destroy(): unknown },
  most = mostBytes,
): Promise<ApiAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const check = (length: number): void => {
    if (length <= most) return;
    response.destroy();
    throw new AnswerTooLarge(most);
  };
  check(Number(response.headers['content-length'] ?? 0));
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    check(bytes);
    chunks.push(chunk as Buffer);
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') };
}
