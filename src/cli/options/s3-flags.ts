import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { S3Backup } from '../../config/cluster-spec.js';
import { fileErrorOf, usageError } from '../../core/errors.js';
import type { EventSink } from '../../core/events.js';
import { folderFault, isBucketName } from '../../core/s3-names.js';
import { isHostAndPort } from '../../core/url.js';
import type { Io } from '../io.js';

/** Flags of commands that upload to S3, or download from it; the names are those of RKE v1. */
export interface S3Flags {
  readonly s3?: boolean;
  readonly s3Endpoint?: string;
  readonly s3EndpointCa?: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly secretKeyFile?: string;
  readonly bucketName?: string;
  readonly region?: string;
  readonly folder?: string;
}

/** Warns of a secret in the process list of this machine. */
function warnOfSecretFlag({ secretKey }: S3Flags, events: EventSink): void {
  if (secretKey === undefined) return;
  const message =
    '--secret-key: other users of this machine can see it; use --secret-key-file or RKE_S3_SECRET_KEY instead';
  events.emit({ type: 'warning', message });
}

const defaultEndpoint = 's3.amazonaws.com';

/** The options of the flags, in the order of RKE v1 (cmd/etcd.go). */
export function s3Options(verb = 'upload to'): Option[] {
  return [
    new Option('--s3', `${verb} S3 with the flags below, instead of s3backupconfig in the cluster file`),
    new Option('--s3-endpoint <host>', `host of the S3 service (default: "${defaultEndpoint}")`),
    new Option('--s3-endpoint-ca <file>', 'certificate (PEM) of the CA of the S3 service'),
    new Option(
      '--access-key <key>',
      'access key (or RKE_S3_ACCESS_KEY); without keys, the IAM role of the hosts is used',
    ),
    new Option(
      '--secret-key <key>',
      'secret key, which other users of this machine can see: prefer the next flag, or RKE_S3_SECRET_KEY',
    ),
    new Option('--secret-key-file <file>', 'file with the secret key').conflicts('secretKey'),
    new Option('--bucket-name <name>', 'name of the bucket'),
    new Option('--region <region>', 'region of the bucket'),
    new Option('--folder <prefix>', 'prefix of the object names in the bucket'),
  ];
}

/**
 * Reads the flags. They replace s3backupconfig of the cluster file as a whole, the same as in RKE v1 (cmd/etcd.go
 * setS3OptionsFromCLI).
 *
 * @returns undefined without `--s3`
 * @throws RkeError USAGE (exit 2) for flags that have no effect or cannot work: a backup must not be lost to a typing mistake
 */
export async function readS3Flags(
  flags: S3Flags,
  io: Pick<Io, 'cwd' | 'env'>,
  events: EventSink,
): Promise<S3Backup | undefined> {
  if (flags.s3 !== true) {
    refuseUnused(flags);
    return undefined;
  }
  const { s3Endpoint: endpoint = defaultEndpoint, bucketName = '', region, folder } = flags;
  if (bucketName === '') throw usageError('--s3 has no bucket', { fix: 'set it with --bucket-name' });
  if (!isHostAndPort(endpoint))
    throw usageError(`--s3-endpoint: expected a host, without scheme and path, got "${endpoint}"`, {
      fix: 'set it to a host such as s3.eu-central-1.amazonaws.com, with a port if needed; HTTPS is always used',
    });
  if (!isBucketName(bucketName))
    throw usageError(`--bucket-name: invalid bucket name "${bucketName}"`, {
      fix: 'set it to the name alone; for a directory in the bucket, use --folder',
    });
  const fault = folderFault(folder ?? '');
  if (fault !== undefined)
    throw usageError(`--folder: invalid prefix "${folder ?? ''}": ${fault}`, {
      fix: 'set it to a prefix such as prod',
    });
  warnOfSecretFlag(flags, events);
  return {
    endpoint,
    bucketName,
    ...(await readKeys(flags, io)),
    ...(region === undefined ? {} : { region }),
    ...(folder === undefined ? {} : { folder }),
    ...(flags.s3EndpointCa === undefined
      ? {}
      : { customCa: await readCa(resolve(io.cwd, flags.s3EndpointCa)) }),
  };
}

const needsS3 = {
  s3Endpoint: '--s3-endpoint',
  s3EndpointCa: '--s3-endpoint-ca',
  accessKey: '--access-key',
  secretKey: '--secret-key',
  secretKeyFile: '--secret-key-file',
  bucketName: '--bucket-name',
  region: '--region',
  folder: '--folder',
} as const;

function refuseUnused(flags: S3Flags): void {
  const names = (Object.keys(needsS3) as (keyof typeof needsS3)[]).filter(
    (name) => flags[name] !== undefined,
  );
  const [first] = names;
  if (first === undefined) return;
  throw usageError(`${needsS3[first]} has no effect without --s3`, {
    fix: 'add --s3, or leave it out to use s3backupconfig of the cluster file',
  });
}

async function readKeys(
  flags: S3Flags,
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
): Promise<Pick<S3Backup, 'accessKey' | 'secretKey'>> {
  const accessKey = flags.accessKey ?? env['RKE_S3_ACCESS_KEY'] ?? '';
  const secretKey =
    flags.secretKeyFile === undefined
      ? (flags.secretKey ?? env['RKE_S3_SECRET_KEY'] ?? '')
      : (await readText(resolve(cwd, flags.secretKeyFile), '--secret-key-file')).trim();
  if ((accessKey === '') === (secretKey === '')) return accessKey === '' ? {} : { accessKey, secretKey };
  const [missing, flag] =
    accessKey === '' ? (['access', '--access-key'] as const) : (['secret', '--secret-key-file'] as const);
  throw usageError(`the ${missing} key is missing, and the other one alone cannot log in`, {
    fix: `set ${flag}, or neither key to use the IAM role of the hosts`,
  });
}

async function readCa(path: string): Promise<string> {
  const text = await readText(path, '--s3-endpoint-ca');
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw usageError(`${path} is not a certificate in PEM form`, {
    fix: 'set --s3-endpoint-ca to the certificate of the CA of the S3 service',
  });
}

async function readText(path: string, flag: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw usageError(`cannot read ${path}: ${fileErrorOf(cause)}`, {
      fix: `set ${flag} to a file that can be read`,
      cause,
    });
  });
}
