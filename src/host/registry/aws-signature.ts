import aws4 from 'aws4';

/** Keys to sign a request to AWS with. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys that expire; '' for others. */
  readonly sessionToken: string;
}

export interface AwsRequest {
  readonly domain: string;
  readonly region: string;
  readonly service: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Signs a POST to `/` (AWS Signature Version 4). @returns all headers to send, with that of the signature */
export function signedHeaders({ domain, ...request }: AwsRequest, keys: AwsKeys): Record<string, string> {
  const { sessionToken, ...pair } = keys;
  const { headers = {} } = aws4.sign(
    { ...request, host: domain, path: '/', method: 'POST', headers: { ...request.headers } },
    sessionToken === '' ? pair : keys,
  );
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
