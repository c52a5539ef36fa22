import { anything, field, flag, list, object, text, texts, whole } from './field.js';

/** Kubernetes' own objects inside of cluster.yml: RKE reads them as JSON, so their keys are in camel case. */
const typeMeta = {
  apiVersion: field(text, { doc: 'Group and version of the object.' }),
  kind: field(text, { doc: 'Kind of the object.' }),
};

const policyRule = object({
  level: field(text, { doc: 'None, Metadata, Request or RequestResponse.' }),
  users: field(texts, { doc: 'Whose requests the rule is for.' }),
  userGroups: field(texts, { doc: 'Groups of users the rule is for.' }),
  verbs: field(texts, { doc: 'Verbs the rule is for.' }),
  resources: field(
    list(
      object({
        group: field(text, { doc: 'API group; empty for the core group.' }),
        resources: field(texts, { doc: 'Resources of the group.' }),
        resourceNames: field(texts, { doc: 'Names of objects.' }),
      }).partial(),
    ),
    { doc: 'Resources the rule is for.' },
  ),
  namespaces: field(texts, { doc: 'Namespaces the rule is for.' }),
  nonResourceURLs: field(texts, { doc: 'Paths that are no resources.' }),
  omitStages: field(texts, { doc: 'Stages that are not logged by this rule.' }),
  omitManagedFields: field(flag, { doc: 'Leaves managed fields out of logged bodies.' }),
}).partial();

/** audit.k8s.io/v1 Policy. */
export const auditPolicy = object({
  ...typeMeta,
  metadata: field(anything, { doc: 'Metadata of the object.' }),
  rules: field(list(policyRule), { doc: 'The first rule that fits a request says how it is logged.' }),
  omitStages: field(texts, { doc: 'Stages that are not logged at all.' }),
  omitManagedFields: field(flag, { doc: 'Leaves managed fields out of logged bodies.' }),
}).partial();

/** apiserver.config.k8s.io/v1 AdmissionConfiguration. */
export const admissionConfiguration = object({
  ...typeMeta,
  plugins: field(
    list(
      object({
        name: field(text, { doc: 'Name of the admission plugin.' }),
        path: field(text, { doc: 'File with its configuration.' }),
        configuration: field(anything, { doc: 'Its configuration itself.' }),
      }).partial(),
    ),
    { doc: 'Configuration by admission plugin.' },
  ),
}).partial();

/** eventratelimit.admission.k8s.io/v1alpha1 Configuration. */
export const eventRateLimits = object({
  ...typeMeta,
  limits: field(
    list(
      object({
        type: field(text, { doc: 'Server, Namespace, User or SourceAndObject.' }),
        qps: field(whole, { doc: 'Events in a second.' }),
        burst: field(whole, { doc: 'Events at once.' }),
        cacheSize: field(whole, { doc: 'How many are remembered; 4096.' }),
      }).partial(),
    ),
    { doc: 'Limits by type.' },
  ),
}).partial();

const keys = field(
  list(
    object({
      name: field(text, { doc: 'Name of the key.' }),
      secret: field(text, { doc: 'The key, in base64.' }),
    }).partial(),
  ),
  { doc: 'Keys; the first encrypts.' },
);

/** apiserver.config.k8s.io/v1 EncryptionConfiguration. */
export const encryptionConfiguration = object({
  ...typeMeta,
  resources: field(
    list(
      object({
        resources: field(texts, { doc: 'What is encrypted.' }),
        providers: field(
          list(
            object({
              aescbc: field(object({ keys }).partial(), { doc: 'AES-CBC.' }),
              aesgcm: field(object({ keys }).partial(), { doc: 'AES-GCM.' }),
              secretbox: field(object({ keys }).partial(), { doc: 'XSalsa20 and Poly1305.' }),
              identity: field(object({}), { doc: 'No encryption.' }),
              kms: field(
                object({
                  apiVersion: field(text, { doc: 'v1 or v2.' }),
                  name: field(text, { doc: 'Name of the KMS plugin.' }),
                  cachesize: field(whole, { doc: 'Keys that are remembered.' }),
                  endpoint: field(text, { doc: 'Socket of the plugin.' }),
                  timeout: field(text, { doc: 'How long a call may take; 3s.' }),
                }).partial(),
                { doc: 'A KMS plugin.' },
              ),
            }).partial(),
          ),
          { doc: 'Providers; the first one encrypts, all decrypt.' },
        ),
      }).partial(),
    ),
    { doc: 'What is encrypted how.' },
  ),
}).partial();
