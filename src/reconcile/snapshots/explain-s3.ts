/** Why S3 refused a request, or did not answer it, and the fix. */
export interface S3Cause {
  readonly what: string;
  /** Continues with what to run. */
  readonly fix: string;
}

interface KnownCause extends S3Cause {
  /** In the output of rke-tools, or the message of the program's own client. */
  readonly pattern: RegExp;
}

const causes: readonly KnownCause[] = [
  {
    pattern: /access key id you provided does not exist|InvalidAccessKeyId|XAdminUserNotFound/i,
    what: 'the S3 service does not know the access key',
    fix: 'correct access_key (--access-key)',
  },
  {
    pattern: /signature we calculated does not match|SignatureDoesNotMatch/i,
    what: 'the secret key does not belong to the access key',
    fix: 'correct secret_key (--secret-key-file)',
  },
  {
    pattern: /ExpiredToken|InvalidToken|provided token/i,
    what: 'the temporary keys of the IAM role have expired',
    fix: 'check the role of the instance, and the clock of the host (`timedatectl`)',
  },
  {
    pattern: /RequestTimeTooSkewed|difference between the request time|clock of the host differs/i,
    what: 'the clock of the host differs from that of the S3 service',
    fix: 'synchronize the clock of the host (`timedatectl`)',
  },
  {
    pattern: /certificate has expired|certificate is not yet valid|CERT_HAS_EXPIRED/i,
    what: 'the certificate of the S3 service has expired, or is not valid yet',
    fix: 'renew it, or synchronize the clock of the host (`timedatectl`)',
  },
  {
    pattern: /certificate is (not )?valid for|does not match certificate|doesn't contain any IP SANs/i,
    what: 'the certificate of the S3 service is for another name',
    fix: 'set endpoint (--s3-endpoint) to a name that the certificate has',
  },
  {
    pattern:
      /x509|certificate signed by unknown authority|certificate is not trusted|self[- ]signed certificate|unable to (verify the first|get (local )?issuer) certificate/i,
    what: 'the certificate of the S3 service is not trusted',
    fix: 'set custom_ca (--s3-endpoint-ca) to the CA of the endpoint',
  },
  {
    pattern:
      /server gave HTTP response|wrong version number|packet length too long|during the TLS handshake/i,
    what: 'the endpoint does not answer with TLS',
    fix: 'set endpoint (--s3-endpoint) to the host and the port of HTTPS',
  },
  {
    pattern: /bucket .* is not found|NoSuchBucket|bucket does not exist/i,
    what: 'the bucket does not exist',
    fix: 'create it, or correct bucket_name (--bucket-name) and region (--region)',
  },
  {
    pattern: /no backups found|NoSuchKey/i,
    what: 'the bucket has no such snapshot',
    fix: 'correct the name, or the key `folder` (--folder)',
  },
  {
    pattern: /wrong region|AuthorizationHeaderMalformed|region .* is wrong|PermanentRedirect|HTTP 30\d/i,
    what: 'the bucket is in another region',
    fix: 'correct region (--region)',
  },
  {
    pattern: /access ?denied|forbidden|HTTP 403/i,
    what: 'the S3 service denies access to the bucket',
    fix: 'allow the owner of the keys, or the role of the instance, to list the bucket and to read and write its objects',
  },
  {
    pattern: /EC2 ?Metadata|169\.254\.169\.254|no valid providers|IAM role/i,
    what: 'the host has no instance role, and no keys are set',
    fix: 'set access_key and secret_key, or give the instance a role',
  },
  {
    pattern: /no such host|name or service not known|name resolution/i,
    what: 'the host cannot resolve the name of the S3 service',
    fix: 'correct endpoint (--s3-endpoint), or the DNS of the host',
  },
  {
    pattern:
      /no answer within|deadline exceeded|i\/o timeout|timed out|TLS handshake timeout|did not end within/i,
    what: 'the S3 service does not answer in time',
    fix: 'check the S3 service, and the network from the host to it',
  },
  {
    pattern:
      /connection refused|no route to host|network is unreachable|connect failed|E(CONNREFUSED|HOSTUNREACH|NETUNREACH)/i,
    what: 'the host does not reach the S3 service',
    fix: 'correct endpoint (--s3-endpoint), or open the way from the host to it',
  },
  {
    pattern:
      /HTTP 5\d\d|internal ?error|SlowDown|reduce your request rate|Service ?Unavailable|Bad Gateway|Gateway Timeout/i,
    what: 'the S3 service has an internal error',
    fix: 'check the S3 service',
  },
  {
    pattern: /connection reset|broken pipe|unexpected EOF|EOF$|socket hang up|ECONNRESET|closed/im,
    what: 'the S3 service closed the connection',
    fix: 'check the S3 service',
  },
  {
    pattern: /not from an S3 service|HTTP 4(00|04|05)/i,
    what: 'the endpoint is not an S3 service, or refuses the request',
    fix: 'correct endpoint (--s3-endpoint)',
  },
];

/** Explains the output of a transfer that failed, or the message of a request that did. */
export function explainS3(lines: readonly string[]): S3Cause {
  const text = lines.join('\n');
  const cause = causes.find(({ pattern }) => pattern.test(text));
  return cause ?? { what: 'the S3 service reports an error', fix: 'fix what its message shows' };
}
