import { dockerError, messageOf, type RkeError } from '../../core/errors.js';

/** A registry with the plugin that is not of AWS. */
export function notEcr(url: string): RkeError {
  return dockerError(
    'ECR_ADDRESS',
    `private_registries has ecr_credential_plugin for ${url === '' ? 'docker.io (the default of url)' : url}, which is not an AWS registry`,
    {
      fix: 'correct url (<account>.dkr.ecr.<region>.amazonaws.com), or replace ecr_credential_plugin by user and password',
    },
  );
}

/** Neither cluster.yml nor the environment has both keys. */
export function noAwsKeys(domain: string): RkeError {
  return dockerError('ECR_KEYS', `no AWS keys to get the password of registry ${domain} with`, {
    fix:
      'set aws_access_key_id and aws_secret_access_key in ecr_credential_plugin, or AWS_ACCESS_KEY_ID and ' +
      'AWS_SECRET_ACCESS_KEY in the environment, e.g. eval "$(aws configure export-credentials --format env)"',
  });
}

/** AWS cannot be reached from this machine. */
export function awsUnreachable(apiDomain: string, cause: unknown): RkeError {
  return dockerError('ECR_UNREACHABLE', `cannot reach AWS at ${apiDomain}: ${reasonOf(cause)}`, {
    fix: `check that this machine reaches https://${apiDomain} (DNS, firewall; no proxy is used)`,
    retryable: true,
    cause,
  });
}

/** AWS refused to give a password. */
export function awsRefusal(
  domain: string,
  { status, type, said }: { readonly status: number; readonly type: string; readonly said: string },
): RkeError {
  const words = [type, said].filter((text) => text !== '').join(': ');
  const message = `AWS refused the password of registry ${domain}: HTTP status ${status}${words === '' ? '' : `, ${words}`}`;
  if (status >= 500 || status === 429 || /Throttling|TooManyRequests/.test(type))
    return dockerError('ECR_UNREACHABLE', message, {
      fix: 'run rke again later; if the error persists, check https://health.aws.amazon.com',
      retryable: true,
    });
  return dockerError('ECR_DENIED', message, { fix: fixOf(type, said) });
}

/** An answer that is not of the API. */
export function awsOddAnswer(apiDomain: string): RkeError {
  return dockerError('ECR_ANSWER', `${apiDomain} answered without a readable password`, {
    fix: `check what answers there (\`curl -v https://${apiDomain}\`): it may be a proxy`,
  });
}

function fixOf(type: string, said: string): string {
  if (/Signature (expired|not yet current)/.test(said)) return 'correct the clock of this machine (NTP)';
  if (type.startsWith('ExpiredToken')) return 'get new AWS keys: the session of these has expired';
  if (type.startsWith('AccessDenied'))
    return 'allow ecr:GetAuthorizationToken for the owner of the keys (policy AmazonEC2ContainerRegistryReadOnly)';
  return 'correct the AWS keys in ecr_credential_plugin, or those in the environment (`aws sts get-caller-identity` prints their owner)';
}

/** Node has only a code if it tried several addresses. */
function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return messageOf(cause) || code;
}
