import { anything, field, boolean, list, object, string, strings, integer } from './field.js';

/** Kubernetes objects in cluster.yml. RKE reads them as JSON, so their keys are in camel case. */
const typeMeta = {
  apiVersion: field(string, 'API group and version.'),
  kind: field(string, 'Kind of the object.'),
};

const policyRule = object({
  level: field(string, 'None, Metadata, Request or RequestResponse.'),
  users: field(strings, 'Users that the rule matches.'),
  userGroups: field(strings, 'User groups that the rule matches.'),
  verbs: field(strings, 'Verbs that the rule matches.'),
  resources: field(
    list(
      object({
        group: field(string, 'API group; empty for the core group.'),
        resources: field(strings, 'Resources of the group.'),
        resourceNames: field(strings, 'Names of objects.'),
      }),
    ),
    'Resources that the rule matches.',
  ),
  namespaces: field(strings, 'Namespaces that the rule matches.'),
  nonResourceURLs: field(strings, 'Non-resource URL paths that the rule matches.'),
  omitStages: field(strings, 'Stages that this rule does not log.'),
  omitManagedFields: field(boolean, 'Omit managed fields from logged bodies.'),
});

/** audit.k8s.io/v1 Policy. */
export const auditPolicy = object({
  ...typeMeta,
  metadata: field(anything, 'Metadata of the object.'),
  rules: field(list(policyRule), 'Rules; the first one that matches a request sets its level.'),
  omitStages: field(strings, 'Stages that no rule logs.'),
  omitManagedFields: field(boolean, 'Omit managed fields from logged bodies.'),
});

/** apiserver.config.k8s.io/v1 AdmissionConfiguration. */
export const admissionConfiguration = object({
  ...typeMeta,
  plugins: field(
    list(
      object({
        name: field(string, 'Name of the admission plugin.'),
        path: field(string, 'Path of its configuration file.'),
        configuration: field(anything, 'Its configuration, inline.'),
      }),
    ),
    'Configurations of admission plugins.',
  ),
});

/** eventratelimit.admission.k8s.io/v1alpha1 Configuration. */
export const eventRateLimits = object({
  ...typeMeta,
  limits: field(
    list(
      object({
        type: field(string, 'Server, Namespace, User or SourceAndObject.'),
        qps: field(integer, 'Events per second.'),
        burst: field(integer, 'Events in a burst.'),
        cacheSize: field(integer, { doc: 'Size of the cache of the limit.', default: '4096' }),
      }),
    ),
    'Limits by type.',
  ),
});

const keys = field(
  list(
    object({
      name: field(string, 'Name of the key.'),
      secret: field(string, 'The key in base64.'),
    }),
  ),
  'Keys; the first one encrypts.',
);

/** apiserver.config.k8s.io/v1 EncryptionConfiguration. */
export const encryptionConfiguration = object({
  ...typeMeta,
  resources: field(
    list(
      object({
        resources: field(strings, 'Names of the resources to encrypt.'),
        providers: field(
          list(
            object({
              aescbc: field(object({ keys }), 'AES-CBC.'),
              aesgcm: field(object({ keys }), 'AES-GCM.'),
              secretbox: field(object({ keys }), 'XSalsa20-Poly1305.'),
              identity: field(object({}), 'No encryption.'),
              kms: field(
                object({
                  apiVersion: field(string, 'v1 or v2.'),
                  name: field(string, 'Name of the KMS plugin.'),
                  cachesize: field(integer, 'Number of keys in the cache.'),
                  endpoint: field(string, 'Unix socket of the plugin.'),
                  timeout: field(string, { doc: 'Timeout of a call.', default: '3s' }),
                }),
                'A KMS plugin.',
              ),
            }),
          ),
          'The first one encrypts, all of them decrypt.',
        ),
      }),
    ),
    'Resources and the providers that encrypt them.',
  ),
});
