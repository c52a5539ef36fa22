import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { withDeadline } from '../../core/deadline.js';
import { messageOf } from '../../core/errors.js';
import { OutputTail } from './output-tail.js';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** CA certificates in PEM, in place of the public ones. */
  readonly ca?: string | undefined;
  readonly json: string;
  readonly milliseconds: number;
  readonly signal: AbortSignal;
}

export type PostEnd =
  | { readonly kind: 'answered'; readonly status: number; readonly lines: readonly string[] }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'not-reached'; readonly why: string };

/** Sends JSON and reads the answer to its end. Redirects are not followed. @throws the signal's reason */
export async function postJson({ url, headers, ca, json, milliseconds, signal }: Post): Promise<PostEnd> {
  return await withDeadline({ milliseconds, signal }, async (limit) => {
    try {
      const response = await send(url, { headers, ca, json, signal: limit });
      const tail = new OutputTail(null);
      for await (const chunk of response) tail.add(chunk as Buffer);
      return { kind: 'answered', status: response.statusCode ?? 0, lines: tail.lines() };
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted) return { kind: 'timed-out' };
      return { kind: 'not-reached', why: reasonOf(error) };
    }
  });
}

function send(
  url: string,
  { headers, ca, json, signal }: Pick<Post, 'headers' | 'ca' | 'json' | 'signal'>,
): Promise<IncomingMessage> {
  const own = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    'user-agent': 'rke',
  };
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { ...headers, ...own }, signal, agent: false } as const;
    const call = url.startsWith('https:')
      ? requestHttps(url, { ...options, ...(ca === undefined ? {} : { ca }) })
      : requestHttp(url, options);
    call.once('response', resolve);
    // It may fail again after an answer.
    call.on('error', reject);
    call.end(json);
  });
}

/** Some errors of Node have a code and no message. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return messageOf(error) || code;
}
