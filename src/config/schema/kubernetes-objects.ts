import { anything, field, flag, list, object, text, texts, whole } from './field.js';

/** Kubernetes' own objects inside of cluster.yml: RKE reads them as JSON, so their keys are in camel case. */
const typeMeta = {
  apiVersion: field(text, 'Group and version of the object.'),
  kind: field(text, 'Kind of the object.'),
};

const policyRule = object({
  level: field(text, 'None, Metadata, Request or RequestResponse.'),
  users: field(texts, 'Whose requests the rule is for.'),
  userGroups: field(texts, 'Groups of users the rule is for.'),
  verbs: field(texts, 'Verbs the rule is for.'),
  resources: field(
    list(
      object({
        group: field(text, 'API group; empty for the core group.'),
        resources: field(texts, 'Resources of the group.'),
        resourceNames: field(texts, 'Names of objects.'),
      }),
    ),
    'Resources the rule is for.',
  ),
  namespaces: field(texts, 'Namespaces the rule is for.'),
  nonResourceURLs: field(texts, 'Paths that are no resources.'),
  omitStages: field(texts, 'Stages that are not logged by this rule.'),
  omitManagedFields: field(flag, 'Leaves managed fields out of logged bodies.'),
});

/** audit.k8s.io/v1 Policy. */
export const auditPolicy = object({
  ...typeMeta,
  metadata: field(anything, 'Metadata of the object.'),
  rules: field(list(policyRule), 'The first rule that fits a request says how it is logged.'),
  omitStages: field(texts, 'Stages that are not logged at all.'),
  omitManagedFields: field(flag, 'Leaves managed fields out of logged bodies.'),
});

/** apiserver.config.k8s.io/v1 AdmissionConfiguration. */
export const admissionConfiguration = object({
  ...typeMeta,
  plugins: field(
    list(
      object({
        name: field(text, 'Name of the admission plugin.'),
        path: field(text, 'File with its configuration.'),
        configuration: field(anything, 'Its configuration itself.'),
      }),
    ),
    'Configuration by admission plugin.',
  ),
});

/** eventratelimit.admission.k8s.io/v1alpha1 Configuration. */
export const eventRateLimits = object({
  ...typeMeta,
  limits: field(
    list(
      object({
        type: field(text, 'Server, Namespace, User or SourceAndObject.'),
        qps: field(whole, 'Events in a second.'),
        burst: field(whole, 'Events at once.'),
        cacheSize: field(whole, { doc: 'How many are remembered.', default: '4096' }),
      }),
    ),
    'Limits by type.',
  ),
});

const keys = field(
  list(
    object({
      name: field(text, 'Name of the key.'),
      secret: field(text, 'The key, in base64.'),
    }),
  ),
  'Keys; the first encrypts.',
);

/** apiserver.config.k8s.io/v1 EncryptionConfiguration. */
export const encryptionConfiguration = object({
  ...typeMeta,
  resources: field(
    list(
      object({
        resources: field(texts, 'What is encrypted.'),
        providers: field(
          list(
            object({
              aescbc: field(object({ keys }), 'AES-CBC.'),
              aesgcm: field(object({ keys }), 'AES-GCM.'),
              secretbox: field(object({ keys }), 'XSalsa20 and Poly1305.'),
              identity: field(object({}), 'No encryption.'),
              kms: field(
                object({
                  apiVersion: field(text, 'v1 or v2.'),
                  name: field(text, 'Name of the KMS plugin.'),
                  cachesize: field(whole, 'Keys that are remembered.'),
                  endpoint: field(text, 'Socket of the plugin.'),
                  timeout: field(text, { doc: 'How long a call may take.', default: '3s' }),
                }),
                'A KMS plugin.',
              ),
            }),
          ),
          'Providers; the first one encrypts, all decrypt.',
        ),
      }),
    ),
    'What is encrypted how.',
  ),
});
