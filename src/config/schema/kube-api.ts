import { field, boolean, object, retired, string, integer } from './field.js';
import {
  admissionConfiguration,
  auditPolicy,
  encryptionConfiguration,
  eventRateLimits,
} from './kubernetes-objects.js';
import { serviceBase } from './service-base.js';

const auditLog = object({
  enabled: field(boolean, {
    doc: 'Write the audit log.',
    default: 'true from Kubernetes 1.15.11, 1.16.8 and 1.17.4',
    example: 'true',
  }),
  configuration: field(
    object({
      max_age: field(integer, { doc: 'Days to keep old files.', default: '30', example: '7' }),
      max_backup: field(integer, { doc: 'Number of old files to keep.', default: '10', example: '5' }),
      max_size: field(integer, {
        doc: 'Size in megabytes at which the file is rotated.',
        default: '100',
        example: '50',
      }),
      path: field(string, {
        doc: 'Path in the container; /var/log/kube-audit is a host directory.',
        default: '/var/log/kube-audit/audit-log.json',
        example: '/var/log/kube-audit/audit-log.json',
      }),
      format: field(string, { doc: 'json or legacy.', default: 'json', example: 'json' }),
      policy: field(auditPolicy, {
        doc: 'Audit policy, with apiVersion and kind.',
        default: 'metadata of every request',
        example: '{ apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{ level: Metadata }] }',
      }),
    }),
    {
      doc: 'Location, rotation and policy of the audit log.',
      details: 'If it is set, only the policy has a default: set all other keys too.',
    },
  ),
});

const secretsEncryption = object({
  enabled: field(boolean, {
    doc: 'Encrypt Secrets in etcd.',
    default: 'false',
    example: 'true',
  }),
  custom_config: field(encryptionConfiguration, {
    anyCase: true,
    doc: 'Custom EncryptionConfiguration instead of a generated key.',
    example:
      '{ apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources: [{ resources: [secrets], providers: [{ identity: {} }] }] }',
  }),
});

const eventRateLimit = object({
  enabled: field(boolean, { doc: 'Enable the limits.', default: 'false', example: 'true' }),
  configuration: field(eventRateLimits, {
    anyCase: true,
    doc: 'Plugin configuration with apiVersion and kind.',
    default: 'Server: qps 5000, burst 20000',
    example:
      '{ apiVersion: eventratelimit.admission.k8s.io/v1alpha1, kind: Configuration, limits: [{ type: Server, qps: 6000, burst: 30000 }] }',
  }),
});

export const kubeApi = object({
  ...serviceBase,
  service_cluster_ip_range: field(string, {
    doc: 'CIDR of Service addresses; must be the same as for kube-controller.',
    details:
      'No larger than /12 for IPv4 and /108 for IPv6. For dual stack two, separated by a comma without a space, the address family of the nodes first.',
    default: '10.43.0.0/16',
    example: '10.43.0.0/16',
  }),
  service_node_port_range: field(string, {
    doc: 'Port range of NodePort Services.',
    default: '30000-32767',
    example: '30000-32767',
  }),
  pod_security_configuration: field(string, {
    doc: 'Pod Security level of all namespaces: privileged or restricted.',
    details: 'There is no default if extra_args sets admission-control-config-file.',
    default: 'privileged',
    since: 'RKE v1.4.3, Kubernetes 1.23',
    example: 'restricted',
  }),
  always_pull_images: field(boolean, {
    doc: 'Always pull images, so that a pod needs credentials for its images.',
    default: 'false',
    since: 'RKE v0.2.0',
    example: 'true',
  }),
  secrets_encryption_config: field(secretsEncryption, {
    doc: 'Encryption of Secrets in etcd.',
    since: 'RKE v0.3.1',
  }),
  audit_log: field(auditLog, { doc: 'Audit log of the API server.' }),
  admission_configuration: field(admissionConfiguration, {
    doc: 'AdmissionConfiguration for the plugins EventRateLimit and PodSecurity.',
    example: '{ apiVersion: apiserver.config.k8s.io/v1, kind: AdmissionConfiguration, plugins: [] }',
  }),
  event_rate_limit: field(eventRateLimit, {
    doc: 'The admission plugin EventRateLimit.',
    since: 'RKE v1.0.0',
  }),
  pod_security_policy: retired(
    'written by `rke config` before v1.6; removed in Kubernetes 1.25, see pod_security_configuration',
  ),
});
