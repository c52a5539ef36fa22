import type { S3Backup } from '../../config/cluster-spec.js';
import type { ContainerSpec } from '../cluster-plan-types.js';

/** Builds the flags for the bucket (RKE services/etcd.go configS3BackupImgCmd). */
export function buildS3Flags({
  endpoint,
  bucketName = '',
  region = '',
  customCa = '',
  folder = '',
}: S3Backup): string[] {
  return [
    '--s3-backup=true',
    `--s3-endpoint=${endpoint}`,
    `--s3-bucketName=${bucketName}`,
    `--s3-region=${region}`,
    ...(customCa === '' ? [] : [`--s3-endpoint-ca=${base64(customCa)}`]),
    ...(folder === '' ? [] : [`--s3-folder=${folder}`]),
  ];
}

/** Builds the variables with the keys, which rke-tools reads; none without keys: then it uses the role of the instance. */
export function buildS3Env({ accessKey = '', secretKey = '' }: S3Backup): string[] {
  return accessKey === '' && secretKey === ''
    ? []
    : [`S3_ACCESS_KEY=${base64(accessKey)}`, `S3_SECRET_KEY=${base64(secretKey)}`];
}

/** The file with the keys in a container that runs once. */
const keysFile = '/rke-s3-keys';

/** Reads the keys from the file `$0`, deletes it, and becomes the program. */
const readKeys = '. "$0" && rm -f "$0" && export S3_ACCESS_KEY S3_SECRET_KEY && exec "$@"';

export interface Transfer {
  readonly container: ContainerSpec;
  /** Is put into the container before it starts; absent without keys. */
  readonly keys?: { readonly path: string; readonly content: string };
}

/**
 * Adds S3 to a container that runs once. RKE v1 sets the keys as variables of the container, which `docker inspect` shows and
 * Docker writes to its disk. Here the container gets a file, which it deletes as it starts; only the process of rke-tools has the
 * variables (docs/decisions/0025).
 */
export function prepareTransfer(container: ContainerSpec, s3: S3Backup): Transfer {
  const cmd = [...container.cmd, ...buildS3Flags(s3)];
  const env = buildS3Env(s3);
  if (env.length === 0) return { container: { ...container, cmd } };
  return {
    container: { ...container, entrypoint: ['/bin/sh', '-c', readKeys, keysFile], cmd },
    keys: { path: keysFile, content: env.map((variable) => `${variable.replace('=', "='")}'\n`).join('') },
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
