import { expect, it } from 'vitest';
import { signRequest } from '../../src/s3/sign-request.js';

const keys = { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const options = { keys, region: 'us-east-1', time: new Date('2013-05-24T00:00:00.123Z') };
const host = 'examplebucket.s3.amazonaws.com';

it('has the signature of the example in the documentation of AWS', () => {
  const query = { prefix: 'J', 'max-keys': '2' };
  const { target, headers } = signRequest({ method: 'GET', host, path: '/', query }, options);
  expect(target).toBe('/?max-keys=2&prefix=J');
  expect(headers['x-amz-date']).toBe('20130524T000000Z');
  expect(headers['authorization']).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ' +
      'SignedHeaders=host;x-amz-content-sha256;x-amz-date, ' +
      'Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  );
});

it('encodes names as S3 does, and signs the token of temporary keys', () => {
  const path = "/b/a folder/2026-11-26T12:00:00+01:00_(etcd)'s.zip";
  const { target, headers } = signRequest(
    { method: 'DELETE', host, path, query: {} },
    { ...options, keys: { ...keys, sessionToken: 'token' } },
  );
  expect(target).toBe('/b/a%20folder/2026-11-26T12%3A00%3A00%2B01%3A00_%28etcd%29%27s.zip');
  expect(headers['x-amz-security-token']).toBe('token');
  expect(headers['authorization']).toContain('x-amz-date;x-amz-security-token,');
});
