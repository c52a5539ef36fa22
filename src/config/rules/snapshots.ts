import { isBucketName } from '../../core/s3-names.js';
import { isHostAndPort } from '../../core/url.js';
import type { EtcdBackup, EtcdSpec, S3Backup } from '../cluster-spec.js';
import { isDuration, isPositiveDuration } from './duration.js';
import { refusal, warning, type Finding, type Rule } from './rule.js';

const path = 'services.etcd';

/** Recurring snapshots: with these values the container that takes them exits, and is restarted endlessly. */
export const snapshotRules: Rule = ({ spec, config }) => {
  const { etcd } = spec.services;
  if (etcd.snapshot === false || !spec.nodes.some(({ role }) => role.includes('etcd'))) return [];
  const { backupConfig } = etcd;
  if (backupConfig === undefined) return checkDurations(etcd);
  const { s3BackupConfig: s3 } = backupConfig;
  const written = config.services?.etcd?.backupConfig ?? {};
  return [...checkNumbers(backupConfig, written), ...(s3 === undefined || s3 === null ? [] : checkS3(s3))];
};

/** An invalid duration is reported by etcdRules, the same as RKE's validation. */
function checkDurations(etcd: EtcdSpec): Finding[] {
  return (['creation', 'retention'] as const).flatMap((key) => {
    const text = etcd[key] ?? '';
    return !isDuration(text) || isPositiveDuration(text)
      ? []
      : [
          refusal(
            'bad-duration',
            `${path}.${key}`,
            `expected a positive duration such as 12h, got "${text}"; to disable snapshots, set snapshot: false`,
          ),
        ];
  });
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

/** With `enabled: false`, RKE sets no defaults for keys that are not written. */
function checkNumbers(
  { intervalHours = 0, retention = 0, timeout = 1 }: EtcdBackup,
  written: Readonly<Record<string, unknown>>,
): Finding[] {
  const values = [
    ['interval_hours', 'intervalHours', intervalHours],
    ['retention', 'retention', retention],
    ['timeout', 'timeout', timeout],
  ] as const;
  return values.flatMap(([key, name, value]) =>
    value > 0
      ? []
      : [
          refusal(
            'bad-number',
            `${path}.backup_config.${key}`,
            `${isSet(written[name]) ? '' : `${key} is not set and has no default with enabled: false; `}expected a positive number, ` +
              `got ${value}; to disable snapshots, set snapshot: false`,
            `${key} ${value}`,
          ),
        ],
  );
}

function checkS3({ endpoint, bucketName = '', accessKey = '', secretKey = '' }: S3Backup): Finding[] {
  const at = `${path}.backup_config.s3backupconfig`;
  const bare = endpoint
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/\/.*$/s, '');
  const missing = accessKey === '' ? 'access_key' : 'secret_key';
  return [
    ...(endpoint === '' || isHostAndPort(endpoint)
      ? []
      : [
          refusal(
            'bad-url',
            `${at}.endpoint`,
            `expected the host of the S3 service, without scheme and path, got "${endpoint}"${isHostAndPort(bare) ? `; write ${bare}` : ''}`,
          ),
        ]),
    ...(bucketName === '' || isBucketName(bucketName)
      ? []
      : [
          refusal(
            'bad-name',
            `${at}.bucket_name`,
            `invalid bucket name "${bucketName}"; for a directory in the bucket, set \`folder\``,
          ),
        ]),
    ...((accessKey === '') === (secretKey === '')
      ? []
      : [
          warning(
            'missing',
            at,
            `${missing} is not set, and the other key alone cannot log in; set both or neither`,
          ),
        ]),
  ];
}
