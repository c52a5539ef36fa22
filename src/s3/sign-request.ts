import { createHmac } from 'node:crypto';
import { hash } from '../core/stable.js';

export interface S3Keys {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Only of temporary keys. */
  readonly sessionToken?: string;
}

/** A request without a body. */
export interface UnsignedRequest {
  readonly method: 'GET' | 'DELETE';
  /** With the port if it is not 443, as in the header `host`. */
  readonly host: string;
  /** Starts with a slash; not encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

export interface SignedRequest {
  /** Path with query, encoded. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

const noBody = hash('sha256', '');

/** Signs a request with version 4 of the AWS signature; path and query are encoded as they are signed. */
export function signRequest(
  { method, host, path, query }: UnsignedRequest,
  { keys, region, time }: { readonly keys: S3Keys; readonly region: string; readonly time: Date },
): SignedRequest {
  const stamp = time.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [stamp.slice(0, 8), region, 's3', 'aws4_request'];
  const headers = Object.entries({
    host,
    'x-amz-content-sha256': noBody,
    'x-amz-date': stamp,
    ...(keys.sessionToken === undefined ? {} : { 'x-amz-security-token': keys.sessionToken }),
  });
  const names = headers.map(([name]) => name).join(';');
  const encodedPath = path.split('/').map(encode).join('/');
  const encodedQuery = Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const lines = headers.map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = [method, encodedPath, encodedQuery, lines, names, noBody].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope.join('/'), hash('sha256', canonical)].join('\n');
  const key = scope.reduce((parent: string | Buffer, part) => hmac(parent, part), `AWS4${keys.secretKey}`);
  const signature = hmac(key, toSign).toString('hex');
  const credential = `${keys.accessKey}/${scope.join('/')}`;
  return {
    target: encodedQuery === '' ? encodedPath : `${encodedPath}?${encodedQuery}`,
    headers: {
      ...Object.fromEntries(headers),
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
    },
  };
}

/** Percent-encodes all but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
