import { isHostAndPort } from '../../core/url.js';
import type { EtcdBackup, EtcdSpec, S3Backup } from '../cluster-spec.js';
import { isDuration, isPositiveDuration } from './duration.js';
import { refusal, warning, type Finding, type Rule } from './rule.js';

const path = 'services.etcd';

/** Recurring snapshots: with these values the container that takes them ends, and starts again for ever. */
export const snapshotRules: Rule = ({ spec }) => {
  const { etcd } = spec.services;
  if (etcd.snapshot === false || !spec.nodes.some(({ role }) => role.includes('etcd'))) return [];
  const { backupConfig } = etcd;
  if (backupConfig === undefined) return durations(etcd);
  const { s3BackupConfig: s3 } = backupConfig;
  return [...numbers(backupConfig), ...(s3 === undefined || s3 === null ? [] : s3Findings(s3))];
};

/** What is no duration at all is an error for RKE's own validation, too. */
function durations(etcd: EtcdSpec): Finding[] {
  return (['creation', 'retention'] as const).flatMap((key) => {
    const text = etcd[key] ?? '';
    return !isDuration(text) || isPositiveDuration(text)
      ? []
      : [
          refusal(
            'bad-duration',
            `${path}.${key}`,
            `expected a positive duration such as 12h, got "${text}"; snapshot: false takes none`,
          ),
        ];
  });
}

function numbers({ intervalHours = 0, retention = 0, timeout = 1 }: EtcdBackup): Finding[] {
  const values = { interval_hours: intervalHours, retention, timeout };
  return Object.entries(values).flatMap(([key, value]) =>
    value > 0
      ? []
      : [
          refusal(
            'bad-number',
            `${path}.backup_config.${key}`,
            `expected a positive number, got ${value}; snapshot: false takes no snapshots`,
          ),
        ],
  );
}

function s3Findings({ endpoint, bucketName = '', accessKey = '', secretKey = '' }: S3Backup): Finding[] {
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
    ...(bucketName === '' || /^[A-Za-z0-9]([-A-Za-z0-9_.:]{0,61}[A-Za-z0-9])?$/.test(bucketName)
      ? []
      : [
          refusal(
            'bad-name',
            `${at}.bucket_name`,
            `"${bucketName}" cannot be the name of a bucket; a directory in it is written as folder`,
          ),
        ]),
    ...((accessKey === '') === (secretKey === '')
      ? []
      : [warning('missing', at, `without ${missing}, the other key is not enough to log in`)]),
  ];
}
