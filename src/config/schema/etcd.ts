import { field, fields, boolean, object, string, strings, integer } from './field.js';
import { serviceBase } from './service-base.js';

const s3 = object(
  fields(string, {
    access_key: {
      doc: 'Access key ID; without it the IAM role of the machine is used.',
      example: 'AKIAEXAMPLE',
    },
    secret_key: { doc: 'Secret access key.', example: 's3-secret' },
    bucket_name: { doc: 'Name of the bucket; required.', example: 'rke-snapshots' },
    region: { doc: 'Region of the bucket.', example: 'eu-central-1' },
    endpoint: {
      doc: 'Host of the S3 service, without a scheme; required.',
      example: 's3.eu-central-1.amazonaws.com',
    },
    custom_ca: {
      doc: 'Certificate (PEM) of the CA that signed the certificate of the endpoint.',
      example: '"-----BEGIN CERTIFICATE-----\\nMIIB...\\n-----END CERTIFICATE-----\\n"',
    },
    folder: { doc: 'Prefix of the object names in the bucket.', example: 'production' },
  }),
);

const backupConfig = object({
  enabled: field(boolean, {
    doc: 'Apply the defaults of this block; to stop snapshots, set snapshot to false.',
    default: 'true',
    example: 'true',
  }),
  interval_hours: field(integer, { doc: 'Hours between two snapshots.', default: '12', example: '6' }),
  retention: field(integer, { doc: 'Number of snapshots to keep.', default: '6', example: '28' }),
  safe_timestamp: field(boolean, {
    doc: 'Set by Rancher for names without colons; no effect.',
    default: 'false',
    example: 'true',
  }),
  timeout: field(integer, { doc: 'Timeout of one snapshot, in seconds.', default: '300', example: '600' }),
  s3backupconfig: field(s3, {
    json: 's3BackupConfig',
    doc: 'S3 bucket to copy snapshots to; the key has no underscores.',
  }),
});

export const etcd = object({
  ...serviceBase,
  external_urls: field(strings, {
    doc: 'URLs of an external etcd; ca_cert, cert, key and path are required with it.',
    example: '["https://etcd.example.com:2379"]',
  }),
  ca_cert: field(string, {
    doc: 'CA certificate (PEM) of the external etcd.',
    example: '"-----BEGIN CERTIFICATE-----\\nMIIB...\\n-----END CERTIFICATE-----\\n"',
  }),
  cert: field(string, {
    doc: 'Client certificate (PEM) for the external etcd.',
    example: '"-----BEGIN CERTIFICATE-----\\nMIIB...\\n-----END CERTIFICATE-----\\n"',
  }),
  key: field(string, {
    doc: 'Private RSA key (PEM) of the client certificate.',
    example: '"-----BEGIN RSA PRIVATE KEY-----\\nMIIE...\\n-----END RSA PRIVATE KEY-----\\n"',
  }),
  path: field(string, {
    doc: 'Prefix of all keys in the external etcd.',
    example: '/registry',
  }),
  uid: field(integer, {
    doc: 'User ID that etcd runs as; takes effect only together with gid.',
    details:
      'On a running cluster, a change recreates each member in turn and gives its data to the new owner.',
    default: '0 (root)',
    example: '52034',
  }),
  gid: field(integer, {
    doc: 'Group ID that etcd runs as; takes effect only together with uid.',
    default: '0 (root)',
    example: '52034',
  }),
  snapshot: field(boolean, { doc: 'Take recurring snapshots.', default: 'true', example: 'true' }),
  retention: field(string, {
    doc: 'How long snapshots are kept if backup_config is not set.',
    default: '72h',
    example: '72h',
  }),
  creation: field(string, {
    doc: 'Time between two snapshots if backup_config is not set.',
    default: '12h',
    example: '6h',
  }),
  backup_config: field(backupConfig, {
    doc: 'Interval, retention and S3 target of recurring snapshots.',
  }),
});
