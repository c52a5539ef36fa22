import type { ClusterSpec } from '../../config/cluster-spec.js';
import { kubeError, stateError } from '../../core/errors.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import { readEncryptionChoice } from '../../plan/encryption/encryption-configuration.js';
import type { ObservedCluster } from '../../reconcile/observed.js';

/**
 * Requires a generated key, the same as RKE (cluster/encryption.go RotateEncryptionKey), before a host is contacted.
 *
 * @throws RkeError (exit 4) if encryption is off in cluster.yml, or has a custom configuration
 */
export function requireGeneratedKey(spec: ClusterSpec): void {
  const choice = readEncryptionChoice(spec);
  if (choice === 'custom')
    throw stateError(
      'ENCRYPTION_CUSTOM',
      'key rotation is not supported with a custom encryption configuration',
      {
        fix: 'add the new key to custom_config as the second key of its provider and run `rke up`; make it the first key and run `rke up`, which re-encrypts all Secrets; then remove the old key and run `rke up`',
      },
    );
  if (choice === 'off')
    throw stateError('ENCRYPTION_OFF', 'encryption of Secrets is disabled: there is no key to rotate', {
      fix: 'set services.kube-api.secrets_encryption_config.enabled to true in cluster.yml and run `rke up`',
    });
}

/**
 * Requires that every API server runs: it would be unknown which keys a stopped one has read.
 *
 * @throws RunFailedError KUBE_UNREACHABLE (exit 7) with one failure for each stopped API server; RkeError KUBE_UNREACHABLE
 *   (exit 7) if none answers
 */
export function requireApiServers(
  nodes: readonly { readonly address: string; readonly role: readonly string[] }[],
  { hosts, kube }: ObservedCluster,
): void {
  const stopped = nodes.flatMap(({ address: host, role }): Failure[] => {
    if (!role.includes('controlplane')) return [];
    if (hosts.get(host)?.containers.get('kube-apiserver')?.running === true) return [];
    const message = 'cannot rotate the encryption key: kube-apiserver is not running';
    return [
      { title: 'check kube-apiserver', host, error: kubeError('KUBE_UNREACHABLE', message, { host, fix }) },
    ];
  });
  if (stopped.length > 0) throw new RunFailedError(stopped);
  if (kube === undefined)
    throw kubeError('KUBE_UNREACHABLE', 'cannot rotate the encryption key: no kube-apiserver answers', {
      fix,
    });
}

const fix = 'run `rke up` until every control plane is healthy, then run `rke encrypt rotate-key` again';
