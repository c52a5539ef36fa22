/** Why an upload failed, and the fix, by what rke-tools or the S3 service reports. */
interface UploadCause {
  readonly pattern: RegExp;
  readonly what: string;
  readonly fix: string;
}

const causes: readonly UploadCause[] = [
  {
    pattern: /access key id you provided does not exist|InvalidAccessKeyId/i,
    what: 'the S3 service does not know the access key',
    fix: 'correct access_key (--access-key)',
  },
  {
    pattern: /signature we calculated does not match|SignatureDoesNotMatch/i,
    what: 'the secret key does not belong to the access key',
    fix: 'correct secret_key (--secret-key)',
  },
  {
    pattern: /RequestTimeTooSkewed|difference between the request time/i,
    what: 'the clock of the host differs from that of the S3 service',
    fix: 'synchronize the clock of the host (`timedatectl`)',
  },
  {
    pattern: /x509|certificate signed by unknown authority|certificate is (not trusted|valid for)/i,
    what: 'the certificate of the S3 service is not trusted',
    fix: 'set custom_ca (--s3-endpoint-ca) to the CA of the endpoint',
  },
  {
    pattern: /bucket .* is not found|NoSuchBucket|bucket does not exist/i,
    what: 'the bucket does not exist',
    fix: 'create it, or correct bucket_name (--bucket-name) and region (--region)',
  },
  {
    pattern: /access ?denied|forbidden/i,
    what: 'the S3 service denies access to the bucket',
    fix: 'allow the owner of the keys, or the role of the instance, to list the bucket and to read and write its objects',
  },
  {
    pattern: /EC2 ?Metadata|169\.254\.169\.254|no valid providers|IAM role/i,
    what: 'the host has no instance role, and no keys are set',
    fix: 'set access_key and secret_key, or give the instance a role',
  },
  {
    pattern: /wrong region|AuthorizationHeaderMalformed|region .* is wrong|PermanentRedirect/i,
    what: 'the bucket is in another region',
    fix: 'correct region (--region)',
  },
  {
    pattern:
      /no such host|connection refused|no route to host|i\/o timeout|network is unreachable|deadline exceeded|server gave HTTP response/i,
    what: 'the host does not reach the S3 service by HTTPS',
    fix: 'correct endpoint (--s3-endpoint), or open the way from the host to it',
  },
];

/** Explains the output of an upload that failed. */
export function explainUpload(lines: readonly string[]): { readonly what: string; readonly fix: string } {
  const text = lines.join('\n');
  const cause = causes.find(({ pattern }) => pattern.test(text));
  return cause ?? { what: 'the S3 service reports an error', fix: 'fix what its message shows' };
}
