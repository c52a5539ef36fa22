import { field, fields, flag, object, text, texts, whole } from './field.js';
import { serviceBase } from './service-base.js';

const s3 = object(
  fields(text, {
    access_key: {
      doc: 'Key ID for the bucket; without it the role of the machine is used.',
      example: 'AKIAEXAMPLE',
    },
    secret_key: { doc: 'Secret that goes with access_key.', example: 's3-secret' },
    bucket_name: { doc: 'The bucket; must be given.', example: 'rke-snapshots' },
    region: { doc: 'Region of the bucket.', example: 'eu-central-1' },
    endpoint: {
      doc: 'Host of the S3 service, without a scheme; must be given.',
      example: 's3.eu-central-1.amazonaws.com',
    },
    custom_ca: {
      doc: 'Certificate (PEM) of the authority that signed the certificate of the endpoint.',
      example: '"-----BEGIN CERTIFICATE-----\\nMIIB...\\n-----END CERTIFICATE-----\\n"',
    },
    folder: { doc: 'Folder within the bucket.', example: 'production' },
  }),
);

const backupConfig = object({
  enabled: field(flag, {
    doc: 'Fill in the other values of the block; false does not stop snapshots, `snapshot: false` does.',
    default: 'true',
    example: 'true',
  }),
  interval_hours: field(whole, { doc: 'Hours between two snapshots.', default: '12', example: '6' }),
  retention: field(whole, { doc: 'How many snapshots are kept.', default: '6', example: '28' }),
  safe_timestamp: field(flag, {
    doc: 'Of Rancher: name snapshots without colons; means nothing here.',
    default: 'false',
    example: 'true',
  }),
  timeout: field(whole, { doc: 'Seconds that one snapshot may take.', default: '300', example: '600' }),
  s3backupconfig: field(s3, {
    json: 's3BackupConfig',
    doc: 'The bucket of an S3 service that snapshots are copied to; the key has no underscores.',
  }),
});

export const etcd = object({
  ...serviceBase,
  external_urls: field(texts, {
    doc: 'Clients of an etcd that is not of this cluster are sent here; ca_cert, cert, key and path must be given, too.',
    example: '["https://etcd.example.com:2379"]',
  }),
  ca_cert: field(text, {
    doc: 'Certificate (PEM) of the authority of the external etcd.',
    example: '"-----BEGIN CERTIFICATE-----\\nMIIB...\\n-----END CERTIFICATE-----\\n"',
  }),
  cert: field(text, {
    doc: 'Certificate (PEM) of the client of the external etcd.',
    example: '"-----BEGIN CERTIFICATE-----\\nMIIB...\\n-----END CERTIFICATE-----\\n"',
  }),
  key: field(text, {
    doc: 'Private RSA key (PEM) of the client of the external etcd.',
    example: '"-----BEGIN RSA PRIVATE KEY-----\\nMIIE...\\n-----END RSA PRIVATE KEY-----\\n"',
  }),
  path: field(text, {
    doc: 'Prefix of all keys in the external etcd.',
    example: '/registry',
  }),
  uid: field(whole, {
    doc: 'Number of the user that etcd runs as; counts only together with gid. Changed on a running cluster, each member is replaced in turn and its data gets the new owner.',
    default: '0 (root)',
    example: '52034',
  }),
  gid: field(whole, {
    doc: 'Number of the group that owns the files of etcd; counts only together with uid.',
    default: '0 (root)',
    example: '52034',
  }),
  snapshot: field(flag, { doc: 'Take snapshots regularly.', default: 'true', example: 'true' }),
  retention: field(text, {
    doc: 'How long snapshots are kept where there is no backup_config.',
    default: '72h',
    example: '72h',
  }),
  creation: field(text, {
    doc: 'Time between two snapshots where there is no backup_config.',
    default: '12h',
    example: '6h',
  }),
  backup_config: field(backupConfig, {
    doc: 'How often snapshots are taken, how many are kept, and where they are copied to.',
  }),
});
