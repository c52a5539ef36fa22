import { readFields } from '../../core/fields.js';
import { withDeadline } from '../../core/deadline.js';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { EcrAddress } from '../../core/ecr-address.js';
import { isRecord } from '../../core/stable.js';
import { signedHeaders, type AwsKeys } from './aws-signature.js';
import { awsOddAnswer, awsRefusal, awsUnreachable } from './ecr-errors.js';
import type { CallOptions, RegistryAuth } from '../host.js';

/** A password from AWS, and when it expires. */
export interface EcrToken {
  readonly auth: RegistryAuth;
  readonly endsAt: Date;
}

const answerMilliseconds = 15_000;
const mostBytes = 1024 * 1024;

/**
 * Asks AWS for the password of a registry (GetAuthorizationToken).
 *
 * @param endpoint another one than that of AWS; for tests
 * @throws RkeError (exit 6); the signal's reason when it is aborted
 */
export async function askForToken(
  { domain, apiDomain, region }: EcrAddress,
  keys: AwsKeys,
  { signal, endpoint = `https://${apiDomain}` }: CallOptions & { readonly endpoint: string | undefined },
): Promise<EcrToken> {
  const body = '{}';
  const headers = signedHeaders(
    {
      domain: apiDomain,
      region,
      service: 'ecr',
      body,
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
      },
    },
    keys,
  );
  const { status, text } = await withDeadline({ milliseconds: answerMilliseconds, signal }, (limit) =>
    post(endpoint, { headers, body, signal: limit }),
  ).catch((error: unknown) => {
    signal.throwIfAborted();
    throw awsUnreachable(apiDomain, error);
  });
  const answer = readFields(text) ?? {};
  if (status !== 200) throw awsRefusal(domain, { status, ...refusalIn(answer, keys) });
  const token = tokenIn(answer);
  if (token === undefined) throw awsOddAnswer(apiDomain);
  return token;
}

function post(
  url: string,
  {
    headers,
    body,
    signal,
  }: CallOptions & { readonly headers: Readonly<Record<string, string>>; readonly body: string },
): Promise<{ readonly status: number; readonly text: string }> {
  const request = url.startsWith('http:') ? requestHttp : requestHttps;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > mostBytes) sent.destroy(new Error('the answer is longer than 1 MB'));
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** AWS prints the request, with the session token, on the lines after the first. */
function refusalIn(
  answer: Readonly<Record<string, unknown>>,
  { secretAccessKey, sessionToken }: AwsKeys,
): { readonly type: string; readonly said: string } {
  const { __type: type = '', message = answer['Message'] ?? '' } = answer;
  const [line = ''] = String(message).split('\n');
  const said = [secretAccessKey, sessionToken]
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '(redacted)'), line);
  return { type: String(type).replace(/^.*#/, ''), said: said.slice(0, 300) };
}

function tokenIn({ authorizationData }: Readonly<Record<string, unknown>>): EcrToken | undefined {
  const data: unknown = Array.isArray(authorizationData) ? authorizationData[0] : undefined;
  if (!isRecord(data) || typeof data['authorizationToken'] !== 'string') return undefined;
  const [, username, password] =
    /^([^:]+):(.+)$/s.exec(Buffer.from(data['authorizationToken'], 'base64').toString()) ?? [];
  if (username === undefined || password === undefined) return undefined;
  const seconds = Number(data['expiresAt']);
  // It expires after 12 hours; if AWS does not say when, it is used for this pull only.
  return { auth: { username, password }, endsAt: new Date(Number.isFinite(seconds) ? seconds * 1000 : 0) };
}
