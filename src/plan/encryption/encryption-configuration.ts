import type { ClusterSpec } from '../../config/cluster-spec.js';
import { renderSortedYaml } from '../../yaml/sorted-yaml.js';

/** The EncryptionConfiguration that kube-apiserver reads. */
export const encryptionFile = '/etc/kubernetes/ssl/encryption.yaml';

/** An AES-CBC key; `secret` is the base64 of 32 bytes. */
export interface EncryptionKey {
  readonly name: string;
  readonly secret: string;
}

const header = 'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n';

/**
 * Renders the EncryptionConfiguration with generated keys, byte for byte the same as RKE's template
 * (templates/encryption_provider.go). The first key encrypts; while encryption is being turned off, `identity` is first.
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

/** Renders custom_config. If it sets apiVersion and kind they are in the text twice, the same as in RKE. */
export function renderCustomEncryption(customConfig: unknown): string {
  return `${header}${renderSortedYaml(customConfig)}\n`;
}

/** Reads from cluster.yml whether Secrets are encrypted, and whether with generated keys or with custom_config. */
export function readEncryptionChoice({ services }: ClusterSpec): 'off' | 'generated' | 'custom' {
  const { enabled = false, customConfig } = services.kubeApi.secretsEncryptionConfig ?? {};
  if (!enabled) return 'off';
  return customConfig === undefined ? 'generated' : 'custom';
}
