import { isDuration } from './duration.js';
import { describeNonPem, isCertificate } from './pem.js';
import { error, refusal, warning, type Finding, type Rule } from './rule.js';

/** External etcd and snapshots (RKE cluster/validation.go validateServicesOptions). */
export const etcdRules: Rule = ({ spec, running }) => {
  const { etcd } = spec.services;
  const path = 'services.etcd';
  const isExternal = (etcd.externalUrls ?? []).length > 0;
  return [
    ...(isExternal ? checkExternal(etcd) : []),
    ...checkS3(etcd.backupConfig?.s3BackupConfig ?? undefined),
    ...(['uid', 'gid'] as const).flatMap((key) => checkOwner(key, etcd[key] ?? 0)),
    ...checkOwnerPair(etcd.uid ?? 0, etcd.gid ?? 0),
    ...checkDuration(`${path}.creation`, etcd.creation ?? ''),
    ...checkDuration(`${path}.retention`, etcd.retention ?? ''),
  ];

  function checkExternal(given: typeof etcd): Finding[] {
    const needs = { ca_cert: given.caCert, cert: given.cert, key: given.key, path: given.path };
    const missing = Object.entries(needs)
      .filter(([, value]) => (value ?? '') === '')
      .map(([key]) => error('missing', `${path}.${key}`, `${key} is required with external_urls`));
    const isBoth = spec.nodes.some(({ role }) => role.includes('etcd'));
    return isBoth
      ? [
          ...missing,
          error(
            'not-allowed',
            `${path}.external_urls`,
            // On a running cluster, externalEtcd (running/etcd-rules.ts) says which of them to keep.
            `external_urls cannot be combined with nodes that have the role etcd${running === undefined ? '; remove one of them' : ''}`,
          ),
        ]
      : missing;
  }
};

interface S3 {
  readonly endpoint?: string;
  readonly bucketName?: string;
  readonly customCa?: string;
}

function checkS3(backup: S3 | undefined): Finding[] {
  if (backup === undefined) return [];
  const path = 'services.etcd.backup_config.s3backupconfig';
  const { endpoint = '', bucketName = '', customCa = '' } = backup;
  return [
    ...(endpoint === '' ? [error('missing', `${path}.endpoint`, 'endpoint is required for S3')] : []),
    ...(bucketName === '' ? [error('missing', `${path}.bucket_name`, 'bucket_name is required for S3')] : []),
    ...(customCa === '' || isCertificate(customCa)
      ? []
      : [
          error(
            'bad-certificate',
            `${path}.custom_ca`,
            `expected a certificate in PEM format, got ${describeNonPem(customCa, 'certificate', 'custom_ca')}`,
          ),
        ]),
  ];
}

/** The container that takes snapshots stops if it cannot parse a duration. */
function checkDuration(path: string, text: string): Finding[] {
  return text === '' || isDuration(text)
    ? []
    : [error('bad-duration', path, `expected a duration such as 12h or 90m, got "${text}"`)];
}

/** RKE runs etcd as root unless uid and gid are both set and not 0 (rke-tools cert-deployer). */
function checkOwnerPair(uid: number, gid: number): Finding[] {
  if ((uid === 0) === (gid === 0)) return [];
  const [given, missing] = uid === 0 ? ['gid', 'uid'] : ['uid', 'gid'];
  return [
    warning(
      'incomplete',
      `services.etcd.${given}`,
      `${given} without ${missing} has no effect, the same as RKE v1: etcd runs as root; set ${missing} too`,
    ),
  ];
}

function checkOwner(key: 'uid' | 'gid', id: number): Finding[] {
  return id >= 0 && id < 2 ** 31
    ? []
    : [
        refusal(
          'bad-number',
          `services.etcd.${key}`,
          `expected a ${key === 'uid' ? 'user' : 'group'} ID from 0 to ${2 ** 31 - 1}, got ${id}`,
        ),
      ];
}
