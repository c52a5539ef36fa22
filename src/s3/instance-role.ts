import { readFields, textAt } from '../core/fields.js';
import type { CallOptions, HostReader } from '../host/host.js';
import { sendRequest, type HttpAnswer } from './send-request.js';
import type { S3Keys } from './sign-request.js';

/** The metadata service of EC2, which only the instance itself reaches. */
const metadataHost = '169.254.169.254';
const credentials = '/latest/meta-data/iam/security-credentials/';

/**
 * Reads the temporary keys of the role of the instance, which rke-tools uses if there are no keys (credentials.NewIAM of minio-go).
 *
 * @throws Error with "IAM role" in its message if the host has none
 */
export async function readInstanceRole(host: HostReader, options: CallOptions): Promise<S3Keys> {
  try {
    const token = await ask(
      host,
      'PUT',
      '/latest/api/token',
      { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
      options,
    );
    const headers: Record<string, string> =
      token.status === 200 ? { 'x-aws-ec2-metadata-token': token.body } : {};
    const roles = await ask(host, 'GET', credentials, headers, options);
    const [role = ''] = roles.status === 200 ? roles.body.split('\n') : [];
    if (role === '') throw new Error(`its metadata service answers ${roles.status}`);
    const keys = await ask(host, 'GET', `${credentials}${encodeURIComponent(role.trim())}`, headers, options);
    const fields = readFields(keys.body) ?? {};
    const [accessKey, secretKey, sessionToken] = ['AccessKeyId', 'SecretAccessKey', 'Token'].map((name) =>
      textAt(fields, name),
    ) as [string, string, string];
    if (accessKey === '' || secretKey === '') throw new Error('its metadata service has no keys for it');
    return { accessKey, secretKey, sessionToken };
  } catch (cause) {
    options.signal.throwIfAborted();
    throw new Error(`the host has no IAM role: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function ask(
  host: HostReader,
  method: 'GET' | 'PUT',
  target: string,
  headers: Readonly<Record<string, string>>,
  options: CallOptions,
): Promise<HttpAnswer> {
  const request = {
    method,
    host: metadataHost,
    port: 80,
    target,
    headers: { host: metadataHost, ...headers },
    tls: 'none',
  } as const;
  return sendRequest(host, request, options);
}
