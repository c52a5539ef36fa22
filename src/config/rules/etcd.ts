import { isDuration } from './duration.js';
import { describeNonPem, isCertificate } from './pem.js';
import { error, refusal, warning, type Finding, type Rule } from './rule.js';

/** External etcd and snapshots (RKE cluster/validation.go validateServicesOptions). */
export const etcdRules: Rule = ({ spec }) => {
  const { etcd } = spec.services;
  const path = 'services.etcd';
  const isExternal = (etcd.externalUrls ?? []).length > 0;
  return [
    ...(isExternal ? external(etcd) : []),
    ...s3(etcd.backupConfig?.s3BackupConfig ?? undefined),
    ...(['uid', 'gid'] as const).flatMap((key) => owner(key, etcd[key] ?? 0)),
    ...onlyOne(etcd.uid ?? 0, etcd.gid ?? 0),
    ...duration(`${path}.creation`, etcd.creation ?? ''),
    ...duration(`${path}.retention`, etcd.retention ?? ''),
  ];

  function external(given: typeof etcd): Finding[] {
    const needs = { ca_cert: given.caCert, cert: given.cert, key: given.key, path: given.path };
    const missing = Object.entries(needs)
      .filter(([, value]) => (value ?? '') === '')
      .map(([key]) => error('missing', `${path}.${key}`, 'an external etcd needs it (external_urls is set)'));
    const isBoth = spec.nodes.some(({ role }) => role.includes('etcd'));
    return isBoth
      ? [
          ...missing,
          error(
            'not-allowed',
            `${path}.external_urls`,
            'etcd is either external or on nodes with the role etcd',
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

function s3(backup: S3 | undefined): Finding[] {
  if (backup === undefined) return [];
  const path = 'services.etcd.backup_config.s3backupconfig';
  const { endpoint = '', bucketName = '', customCa = '' } = backup;
  return [
    ...(endpoint === '' ? [error('missing', `${path}.endpoint`, 'S3 needs an endpoint')] : []),
    ...(bucketName === '' ? [error('missing', `${path}.bucket_name`, 'S3 needs a bucket')] : []),
    ...(customCa === '' || isCertificate(customCa)
      ? []
      : [
          error(
            'bad-certificate',
            `${path}.custom_ca`,
            `expected a certificate in PEM form, got ${describeNonPem(customCa, 'certificate', 'custom_ca')}`,
          ),
        ]),
  ];
}

/** What cannot be read would stop the container that takes snapshots. */
function duration(path: string, text: string): Finding[] {
  return text === '' || isDuration(text)
    ? []
    : [error('bad-duration', path, `"${text}" is not a duration such as 12h or 90m`)];
}

/** RKE runs etcd as root unless both are set and not 0 (rke-tools cert-deployer). */
function onlyOne(uid: number, gid: number): Finding[] {
  if ((uid === 0) === (gid === 0)) return [];
  const [given, missing] = uid === 0 ? ['gid', 'uid'] : ['uid', 'gid'];
  return [
    warning(
      'incomplete',
      `services.etcd.${given}`,
      `${given} without ${missing} has no effect, the same as in RKE v1: etcd runs as root; set ${missing} too`,
    ),
  ];
}

function owner(key: 'uid' | 'gid', id: number): Finding[] {
  return id >= 0 && id < 2 ** 31
    ? []
    : [
        refusal(
          'bad-number',
          `services.etcd.${key}`,
          `expected the number of a ${key === 'uid' ? 'user' : 'group'}, got ${id}`,
        ),
      ];
}
