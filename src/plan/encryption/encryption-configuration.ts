import type { ClusterSpec } from '../../config/cluster-spec.js';
import { renderSortedYaml } from '../../yaml/sorted-yaml.js';

/** How kube-apiserver encrypts Secrets in etcd. */
export const encryptionFile = '/etc/kubernetes/ssl/encryption.yaml';

/** A key of AES-CBC: `secret` is base64 of 32 bytes. */
export interface EncryptionKey {
  readonly name: string;
  readonly secret: string;
}

const header = 'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n';

/**
 * Text of the EncryptionConfiguration with keys of ours, byte for byte as RKE's template gives it
 * (templates/encryption_provider.go): the first key encrypts; while encryption ends, `identity` stands first.
 */
export function renderEncryption(
  keys: readonly EncryptionKey[],
  { ending = false }: { readonly ending?: boolean } = {},
): string {
  const identity = ['  - identity: {}'];
  const aes = [
    '  - aescbc:',
    '      keys:',
    ...keys.flatMap(({ name, secret }) => [`      - name: ${name}`, `        secret: ${secret}`]),
  ];
  const providers = ending ? [...identity, ...aes] : [...aes, ...identity];
  return [`${header}resources:`, '- resources:', '  - secrets', '  providers:', ...providers].join('\n');
}

/** Text of the user's own configuration; its apiVersion and kind stand twice where it names them, as in RKE. */
export function renderCustomEncryption(customConfig: unknown): string {
  return `${header}${renderSortedYaml(customConfig)}\n`;
}

/** Is encryption on, and is its configuration the user's own. */
export function readEncryptionChoice({ services }: ClusterSpec): 'off' | 'own' | 'custom' {
  const { enabled = false, customConfig } = services.kubeApi.secretsEncryptionConfig ?? {};
  if (!enabled) return 'off';
  return customConfig === undefined ? 'own' : 'custom';
}
