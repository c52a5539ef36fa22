import { field, object, retired, text, textMap, texts } from './field.js';

const webhook = object({
  config_file: field(text, {
    doc: 'Text of the kubeconfig by which kube-apiserver finds the service.',
    default: 'one for http://127.0.0.1:6440/v1/authenticate',
    example: '"apiVersion: v1\\nkind: Config\\n"',
  }),
  cache_timeout: field(text, {
    doc: 'How long an answer of the service is kept.',
    default: '5s',
    example: '30s',
  }),
});

/** Who may talk to the API server. */
export const authentication = object({
  strategy: field(text, {
    doc: 'x509 (certificates), or x509|webhook to ask a service as well.',
    default: 'x509',
    example: 'x509',
  }),
  sans: field(texts, {
    doc: 'More DNS names and IP addresses in the certificate of kube-apiserver, without scheme and port.',
    example: '[api.example.com, 203.0.113.10]',
  }),
  webhook: field(webhook, { doc: 'The service that is asked with the strategy webhook.' }),
  options: retired('written by `rke config` up to v0.1.20; nothing ever read it'),
});

/** What those may do. */
export const authorization = object({
  mode: field(text, {
    doc: 'rbac or none; none needs an admission-control-config-file of its own from Kubernetes 1.23 on.',
    default: 'rbac',
    example: 'rbac',
  }),
  options: field(textMap, 'Means nothing: nothing reads it.'),
});
