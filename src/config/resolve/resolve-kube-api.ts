import { isRecord } from '../../core/stable.js';
import { isWithin } from '../../versions/kubernetes-version.js';
import type { AuditLogSpec, KubeApiSpec } from '../cluster-spec.js';
import type { DeepPartial } from '../schema/parse-config.js';

type Given = DeepPartial<KubeApiSpec>;

/** Settings that kube-apiserver reads from files: audit log, event rate limit and encryption configuration. */
export function resolveKubeApiFiles(given: Given, version: string): Partial<KubeApiSpec> {
  return {
    ...auditLog(given.auditLog, version),
    ...rateLimit(given),
    ...encryption(given.secretsEncryptionConfig),
  };
}

/** On by default in the versions that support it (RKE cluster/defaults.go, ranges in util/util.go). */
function auditLog(given: Given['auditLog'], version: string): { auditLog?: AuditLogSpec } {
  if (given === undefined)
    return isWithin(version, '>=1.15.11 <1.16.0 || >=1.16.8 <1.17.0 || >=1.17.4')
      ? { auditLog: { enabled: true, configuration: defaultConfiguration } }
      : {};
  const isEnabled = given.enabled === true;
  const configuration =
    given.configuration === undefined
      ? isEnabled
        ? defaultConfiguration
        : undefined
      : // Only the policy has a default, and only if the log is on; other missing keys are zero in Go (cluster/defaults.go:438).
        {
          ...given.configuration,
          policy: policyOf(given.configuration.policy) ?? (isEnabled ? defaultPolicy : undefined),
        };
  return { auditLog: { ...given, configuration } as AuditLogSpec };
}

/** The JSON of the object always contains `metadata`. */
function policyOf(policy: unknown): unknown {
  if (policy === undefined) return undefined;
  const { kind, apiVersion, metadata, ...rest } = policy as Readonly<Record<string, unknown>>;
  return {
    kind,
    apiVersion,
    metadata: { creationTimestamp: null, ...(metadata as object | undefined) },
    ...rest,
  };
}

const defaultPolicy = {
  kind: 'Policy',
  apiVersion: 'audit.k8s.io/v1',
  metadata: { creationTimestamp: null },
  rules: [{ level: 'Metadata' }],
};

const defaultConfiguration = {
  maxAge: 30,
  maxBackup: 10,
  maxSize: 100,
  path: '/var/log/kube-audit/audit-log.json',
  format: 'json',
  policy: defaultPolicy,
};

/** The default limits, unless the file sets limits or a custom admission configuration (RKE cluster/defaults.go:407). */
function rateLimit({ eventRateLimit: given, extraArgs = {} }: Given): Partial<KubeApiSpec> {
  if (given?.enabled !== true || given.configuration !== undefined) return {};
  if ('admission-control-config-file' in extraArgs) return {};
  const limits = [{ type: 'Server', qps: 5000, burst: 20_000 }];
  const apiVersion = 'eventratelimit.admission.k8s.io/v1alpha1';
  return { eventRateLimit: { ...given, configuration: { kind: 'Configuration', apiVersion, limits } } };
}

/** A custom configuration is used only if encryption is on (RKE cluster/encryption.go:517). */
function encryption(given: Given['secretsEncryptionConfig']): Partial<KubeApiSpec> {
  if (given === undefined) return {};
  const { enabled = false, customConfig } = given;
  return {
    secretsEncryptionConfig: {
      enabled,
      ...(enabled && customConfig !== undefined ? { customConfig: withKmsVersion(customConfig) } : {}),
    },
  };
}

/** Adds the empty `apiVersion` that RKE's typed object has for a KMS provider without one (cluster/encryption.go:541). */
function withKmsVersion(customConfig: unknown): unknown {
  if (!isRecord(customConfig) || !Array.isArray(customConfig['resources'])) return customConfig;
  const resources = customConfig['resources'].map((entry: unknown) => {
    if (!isRecord(entry) || !Array.isArray(entry['providers'])) return entry;
    const providers = entry['providers'].map((provider: unknown) =>
      isRecord(provider) && isRecord(provider['kms'])
        ? { ...provider, kms: { apiVersion: '', ...provider['kms'] } }
        : provider,
    );
    return { ...entry, providers };
  });
  return { ...customConfig, resources };
}
