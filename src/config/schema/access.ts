import { field, object, retired, string, stringMap, strings } from './field.js';

const webhook = object({
  config_file: field(string, {
    doc: 'Text of the kubeconfig with which kube-apiserver calls the webhook.',
    default: 'for http://127.0.0.1:6440/v1/authenticate',
    example: '"apiVersion: v1\\nkind: Config\\n"',
  }),
  cache_timeout: field(string, {
    doc: 'How long responses of the webhook are cached.',
    default: '5s',
    example: '30s',
  }),
});

/** How clients of the API server log in. */
export const authentication = object({
  strategy: field(string, {
    doc: 'x509 (certificates), or x509|webhook to call a webhook as well.',
    default: 'x509',
    example: 'x509',
  }),
  sans: field(strings, {
    doc: 'More DNS names and IP addresses for the kube-apiserver certificate, without scheme and port.',
    example: '[api.example.com, 203.0.113.10]',
  }),
  webhook: field(webhook, { doc: 'The webhook of the strategy webhook.' }),
  options: retired('written by `rke config` up to v0.1.20; never used'),
});

/** What clients of the API server may do. */
export const authorization = object({
  mode: field(string, {
    doc: 'rbac or none.',
    details: 'From Kubernetes 1.23, none requires your own admission-control-config-file.',
    default: 'rbac',
    example: 'rbac',
  }),
  options: field(stringMap, 'No effect, the same as RKE v1.'),
});
