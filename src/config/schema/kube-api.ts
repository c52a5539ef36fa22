import { field, flag, object, retired, text, whole } from './field.js';
import {
  admissionConfiguration,
  auditPolicy,
  encryptionConfiguration,
  eventRateLimits,
} from './kubernetes-objects.js';
import { serviceBase } from './service-base.js';

const auditLog = object({
  enabled: field(flag, {
    doc: 'Write a log of all requests.',
    default: 'true from Kubernetes 1.15.11, 1.16.8 and 1.17.4 on',
    example: 'true',
  }),
  configuration: field(
    object({
      max_age: field(whole, { doc: 'Days that old files are kept.', default: '30', example: '7' }),
      max_backup: field(whole, { doc: 'How many old files are kept.', default: '10', example: '5' }),
      max_size: field(whole, {
        doc: 'Megabytes after which a new file is begun.',
        default: '100',
        example: '50',
      }),
      path: field(text, {
        doc: 'The file, within the container; /var/log/kube-audit is a directory of the host.',
        default: '/var/log/kube-audit/audit-log.json',
        example: '/var/log/kube-audit/audit-log.json',
      }),
      format: field(text, { doc: 'json or legacy.', default: 'json', example: 'json' }),
      policy: field(auditPolicy, {
        doc: 'What is logged of which requests: a Policy of audit.k8s.io, with apiVersion and kind.',
        default: 'metadata of every request',
        example: '{ apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{ level: Metadata }] }',
      }),
    }),
    {
      doc: 'Where the log is written and what is in it; must be whole if it is set: only the policy has a default then.',
    },
  ),
});

const secretsEncryption = object({
  enabled: field(flag, {
    doc: 'Encrypt Secrets before they are written to etcd.',
    default: 'false',
    example: 'true',
  }),
  custom_config: field(encryptionConfiguration, {
    anyCase: true,
    doc: 'An EncryptionConfiguration of Kubernetes that is used as it is, in place of one with a key of our own.',
    example:
      '{ apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources: [{ resources: [secrets], providers: [{ identity: {} }] }] }',
  }),
});

const eventRateLimit = object({
  enabled: field(flag, { doc: 'Limit how fast events are taken.', default: 'false', example: 'true' }),
  configuration: field(eventRateLimits, {
    anyCase: true,
    doc: 'A Configuration of eventratelimit.admission.k8s.io.',
    default: '5000 events in a second, bursts of 20000, for the whole server',
    example:
      '{ apiVersion: eventratelimit.admission.k8s.io/v1alpha1, kind: Configuration, limits: [{ type: Server, qps: 6000, burst: 30000 }] }',
  }),
});

export const kubeApi = object({
  ...serviceBase,
  service_cluster_ip_range: field(text, {
    doc: 'Addresses of Services; two ranges with a comma and no space for dual stack, that of the family of the nodes first. At most /12, or /108 of IPv6. Must be the same as that of kube-controller.',
    default: '10.43.0.0/16',
    example: '10.43.0.0/16',
  }),
  service_node_port_range: field(text, {
    doc: 'Ports of the nodes that Services of type NodePort get.',
    default: '30000-32767',
    example: '30000-32767',
  }),
  pod_security_configuration: field(text, {
    doc: 'The level of Pod Security that holds for all namespaces: privileged or restricted.',
    default: 'privileged, unless extra_args has admission-control-config-file',
    since: 'RKE v1.4.3, Kubernetes 1.23',
    example: 'restricted',
  }),
  always_pull_images: field(flag, {
    doc: 'Pull every image anew, so that only those who may read it can run it.',
    default: 'false',
    since: 'RKE v0.2.0',
    example: 'true',
  }),
  secrets_encryption_config: field(secretsEncryption, {
    doc: 'Encryption of Secrets in etcd.',
    since: 'RKE v0.3.1',
  }),
  audit_log: field(auditLog, { doc: 'Log of all requests to the API server.' }),
  admission_configuration: field(admissionConfiguration, {
    doc: 'An AdmissionConfiguration of Kubernetes; only its plugins EventRateLimit and PodSecurity are kept.',
    example: '{ apiVersion: apiserver.config.k8s.io/v1, kind: AdmissionConfiguration, plugins: [] }',
  }),
  event_rate_limit: field(eventRateLimit, {
    doc: 'The admission plugin EventRateLimit.',
    since: 'RKE v1.0.0',
  }),
  pod_security_policy: retired(
    'written by `rke config` before v1.6; Kubernetes 1.25 removed these policies, see pod_security_configuration',
  ),
});
