import { startDeadline } from '../core/deadline.js';
import { messageOf } from '../core/errors.js';
import { decodeUtf8 } from '../core/utf8.js';

/** Validators of the last response, for a conditional request. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

export type Download =
  | ({ readonly kind: 'body'; readonly text: string } & Validators)
  | { readonly kind: 'unchanged' }
  /** No response, or a server error: a later request may succeed. */
  | { readonly kind: 'unreachable'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly validators?: Validators | undefined;
  /** RKE waits 30 s (metadata/metadata.go:75). */
  readonly timeoutMs?: number;
  /** Limit of the response; by default ten times RKE's data.json. */
  readonly maxMegabytes?: number;
}

/** Downloads text by HTTP, unless it is unchanged. @throws only the signal's reason if it is aborted */
export async function download(
  source: string,
  { signal, validators = {}, timeoutMs = 30_000, maxMegabytes = 100 }: DownloadOptions,
): Promise<Download> {
  const { url, headers } = requestOf(source, validators);
  try {
    using deadline = startDeadline(timeoutMs, signal);
    const response = await fetch(url, { headers, signal: deadline.signal });
    const { status } = response;
    if (status === 304) return { kind: 'unchanged' };
    if (!response.ok) {
      await response.body?.cancel();
      return {
        kind: status >= 500 || status === 429 ? 'unreachable' : 'refused',
        why: `HTTP status ${status}`,
      };
    }
    const bytes = await readAll(response, maxMegabytes * 1024 * 1024);
    if (bytes === undefined)
      return { kind: 'refused', why: `the response is larger than ${maxMegabytes} MB` };
    const text = decodeUtf8(bytes);
    if (text === undefined) return { kind: 'refused', why: 'the response is not UTF-8 text' };
    return {
      kind: 'body',
      text,
      etag: response.headers.get('etag') ?? undefined,
      lastModified: response.headers.get('last-modified') ?? undefined,
    };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'unreachable', why: reasonOf(error, timeoutMs) };
  }
}

/** The URL for messages: without password and query, which may contain a token. */
export function nameOf(source: string): string {
  if (!URL.canParse(source)) return source.replace(/^(\w+:\/\/)[^/]*@|[?#].*$/g, '$1');
  const { origin, pathname } = new URL(source);
  return `${origin}${pathname}`;
}

/** Moves the credentials of the URL into a header, because fetch refuses them in a URL. */
function requestOf(
  source: string,
  { etag, lastModified }: Validators,
): { readonly url: string; readonly headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  if (etag !== undefined) headers['if-none-match'] = etag;
  if (lastModified !== undefined) headers['if-modified-since'] = lastModified;
  // fetch reports what is wrong with it.
  if (!URL.canParse(source)) return { url: source, headers };
  const url = new URL(source);
  if (url.username !== '' || url.password !== '') {
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(login).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  return { url: url.href, headers };
}

async function readAll(response: Response, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    const part = chunk as Uint8Array;
    bytes += part.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

/** The message of fetch is "fetch failed"; the reason is its cause. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `no response within ${timeoutMs / 1000} s`;
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return messageOf(cause ?? error) || code;
}
