import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEcrLogin, type EcrOptions } from '../../src/host/registry/ecr.js';
import { createRegistryLogin, type RegistryLogin } from '../../src/host/registry/registry-login.js';
import { failureOf, signal } from './connected.js';
import { FakeEcr } from './fake-ecr.js';

const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const image = `${registry}/rancher/pause:3.6`;
const ecrCredentialPlugin = {
  awsAccessKeyId: 'AKIAFILE',
  awsSecretAccessKey: 'secret-of-aws',
  awsAccessToken: 'session-of-aws',
};

let aws: FakeEcr;
beforeEach(async () => {
  aws = await FakeEcr.start('secret-of-aws');
});
afterEach(() => aws[Symbol.asyncDispose]());

function loginOf(plugin: Readonly<Record<string, string>>, options: EcrOptions = {}): RegistryLogin {
  const ecr = createEcrLogin({ env: {}, endpoint: aws.endpoint, ...options });
  return createRegistryLogin(
    [
      { url: registry, ecrCredentialPlugin: plugin },
      { url: 'reg.example', ecrCredentialPlugin: plugin },
      { url: 'named.example', user: 'me', password: 'mine', ecrCredentialPlugin: plugin },
    ],
    ecr,
  );
}

describe('a password of ECR', () => {
  it('is requested with a signature as AWS defines it', async () => {
    const login = loginOf(ecrCredentialPlugin);
    expect(await login(image, { signal })).toEqual({ username: 'AWS', password: 'pass:word-1' });
    expect(aws.requests).toMatchObject([
      {
        isSigned: true,
        body: '{}',
        headers: {
          host: 'api.ecr.eu-west-1.amazonaws.com',
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
          'x-amz-security-token': 'session-of-aws',
        },
      },
    ]);
    expect(aws.requests[0]?.headers.authorization).toContain('/eu-west-1/ecr/aws4_request');
  });

  it.each([
    ['1.dkr.ecr.cn-north-1.amazonaws.com.cn', 'api.ecr.cn-north-1.amazonaws.com.cn'],
    ['1.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'ecr-fips.us-gov-west-1.amazonaws.com'],
    ['1.dkr.ecr.eu-west-1.amazonaws.com/team', 'api.ecr.eu-west-1.amazonaws.com'],
  ])('for %s is requested from %s', async (url, domain) => {
    const ecr = createEcrLogin({ env: {}, endpoint: aws.endpoint });
    await ecr({ url, plugin: ecrCredentialPlugin }, { signal });
    expect(aws.requests).toMatchObject([{ isSigned: true, headers: { host: domain } }]);
  });

  it('is requested with the keys of the environment if the file has none', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'secret-of-aws' };
    await loginOf({ awsAccessKeyId: 'half' }, { env })(image, { signal });
    const [request] = aws.requests;
    expect(request).toMatchObject({ isSigned: true });
    expect(request?.headers.authorization).toContain('Credential=AKIAENV/');
    expect(request?.headers).not.toHaveProperty('x-amz-security-token');
  });

  it('is requested once, however many images are pulled at the same time', async () => {
    const login = loginOf(ecrCredentialPlugin);
    const all = await Promise.all(Array.from({ length: 20 }, () => login(image, { signal })));
    await login(`${registry}/rancher/coredns:1.11`, { signal });
    expect(new Set(all.map((auth) => auth?.password))).toEqual(new Set(['pass:word-1']));
    expect(aws.requests).toHaveLength(1);
  });

  it('is requested again, once, when it has expired', async () => {
    let now = Date.now();
    const login = loginOf(ecrCredentialPlugin, { now: () => new Date(now) });
    await login(image, { signal });
    now = aws.endsAt - 60_001;
    expect(await login(image, { signal })).toMatchObject({ password: 'pass:word-1' });
    now = aws.endsAt;
    aws.endsAt += 3_600_000;
    const all = await Promise.all([login(image, { signal }), login(image, { signal })]);
    expect(all.map((auth) => auth?.password)).toEqual(['pass:word-2', 'pass:word-2']);
  });

  it('is not requested without need: for other images, or if user and password are set', async () => {
    const login = loginOf(ecrCredentialPlugin);
    expect(await login('rancher/pause:3.6', { signal })).toBeUndefined();
    expect(await login('named.example/a/b', { signal })).toEqual({ username: 'me', password: 'mine' });
    expect(aws.requests).toEqual([]);
  });
});

describe('a failed request for a password of ECR', () => {
  const refused = (status: number, type: string, message: string): { status: number; body: string } => ({
    status,
    body: JSON.stringify({ __type: `com.amazon.coral.service#${type}`, message }),
  });

  it.each([
    [
      'ECR_DENIED',
      /correct the AWS keys/,
      refused(400, 'UnrecognizedClientException', 'The token is invalid.'),
    ],
    [
      'ECR_DENIED',
      /allow ecr:GetAuthorizationToken/,
      refused(403, 'AccessDeniedException', 'User: a is not authorized'),
    ],
    ['ECR_DENIED', /get new AWS keys/, refused(400, 'ExpiredTokenException', 'The token has expired')],
    [
      'ECR_DENIED',
      /correct the clock/,
      refused(403, 'InvalidSignatureException', 'Signature expired: 1 is earlier than 2'),
    ],
    ['ECR_UNREACHABLE', /run rke again later/, refused(503, 'ServiceUnavailable', '')],
    ['ECR_UNREACHABLE', /./, { status: 200, body: 'x'.repeat(2 ** 21) }],
    ['ECR_ANSWER', /proxy/, { status: 200, body: '<html>log in</html>' }],
    ['ECR_ANSWER', /proxy/, { status: 200, body: '{"authorizationData":[]}' }],
  ])('has code %s and fix %s', async (code, fix, refusal) => {
    aws.refusal = refusal;
    const login = loginOf(ecrCredentialPlugin);
    const error = await failureOf(login(image, { signal }));
    expect(error).toMatchObject({ code, exitCode: 6 });
    expect(error.fix).toMatch(fix);
    expect(await failureOf(login(image, { signal }))).toBe(error);
    expect(aws.requests).toHaveLength(1);
  });

  it('shows the message of AWS, and no secret', async () => {
    aws.refusal = refused(
      403,
      'InvalidSignatureException',
      'The signature of session-of-aws does not match.\n\nx-amz-security-token:session-of-aws',
    );
    const error = await failureOf(loginOf(ecrCredentialPlugin)(image, { signal }));
    expect(error.message).toBe(
      `AWS refused the password of registry ${registry}: HTTP status 403, InvalidSignatureException: The signature of (redacted) does not match.`,
    );
  });

  it('reports a network failure without a secret', async () => {
    const login = loginOf(ecrCredentialPlugin, { endpoint: 'http://127.0.0.1:1' });
    const error = await failureOf(login(image, { signal }));
    expect(error).toMatchObject({ code: 'ECR_UNREACHABLE', details: { retryable: true } });
    expect(error.message).toMatch(/^cannot reach AWS at api\.ecr\.eu-west-1\.amazonaws\.com: .*ECONNREFUSED/);
    expect(`${error.stack}${JSON.stringify(error)}`).not.toMatch(/secret-of-aws|session-of-aws/);
  });

  it('ends with the reason of the interruption when the run is interrupted', async () => {
    const reason = new Error('stopped');
    await expect(loginOf(ecrCredentialPlugin)(image, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });

  it('reports an address that is not of ECR, and missing keys', async () => {
    const address = await failureOf(loginOf(ecrCredentialPlugin)('reg.example/a/b', { signal }));
    expect(address).toMatchObject({ code: 'ECR_ADDRESS', exitCode: 6 });
    expect(address.message).toContain('reg.example');
    const keys = await failureOf(loginOf({ awsSecretAccessKey: 'secret-of-aws' })(image, { signal }));
    expect(keys).toMatchObject({ code: 'ECR_KEYS' });
    expect(keys.fix).toContain('AWS_ACCESS_KEY_ID');
    expect(aws.requests).toEqual([]);
  });
});
