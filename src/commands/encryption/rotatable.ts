import type { ClusterSpec } from '../../config/cluster-spec.js';
import { kubeError, stateError } from '../../core/errors.js';
import { readEncryptionChoice } from '../../plan/encryption/encryption-configuration.js';
import type { ObservedCluster } from '../../reconcile/observed.js';

/**
 * Refuses what RKE refuses (cluster/encryption.go RotateEncryptionKey), before anything is contacted.
 *
 * @throws RkeError (exit 4) where encryption is off in cluster.yml, or the user's own
 */
export function requireOwnKey(spec: ClusterSpec): void {
  const choice = readEncryptionChoice(spec);
  if (choice === 'custom')
    throw stateError(
      'ENCRYPTION_CUSTOM',
      'key rotation is not supported with a custom encryption configuration',
      {
        fix: 'add the new key to custom_config as the second of its provider and run `rke up`, move it first and run `rke up`, remove the old key and run `rke up`',
      },
    );
  if (choice === 'off')
    throw stateError('ENCRYPTION_OFF', 'encryption of Secrets is disabled: there is no key to rotate', {
      fix: 'set services.kube-api.secrets_encryption_config.enabled to true and run rke up',
    });
}

/**
 * With one that stands still it would not be known which keys it has read.
 *
 * @throws RkeError KUBE_UNREACHABLE (exit 7) where an API server does not run, or none answers
 */
export function requireApiServers(
  nodes: readonly { readonly address: string; readonly role: readonly string[] }[],
  { hosts, kube }: ObservedCluster,
): void {
  const stopped = nodes.find(
    ({ address, role }) =>
      role.includes('controlplane') && hosts.get(address)?.containers.get('kube-apiserver')?.running !== true,
  );
  if (stopped === undefined && kube !== undefined) return;
  const message = stopped === undefined ? 'no kube-apiserver answers' : 'kube-apiserver is not running';
  throw kubeError('KUBE_UNREACHABLE', `the key cannot be rotated: ${message}`, {
    ...(stopped === undefined ? {} : { host: stopped.address }),
    fix: 'run `rke up` until every control plane is healthy, then rotate the key',
  });
}
