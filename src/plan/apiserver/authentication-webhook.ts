import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { FlagMap } from '../container/flags.js';

/** Kubeconfig by which kube-apiserver asks a webhook who holds a token. */
export const authenticationFile = '/etc/kubernetes/kube-api-authn-webhook.yaml';

/** Flags of kube-apiserver for the webhook, where there is one (RKE cluster/plan.go:169-353). */
export function buildWebhookFlags({ authentication: { webhook } }: ClusterSpec): FlagMap {
  return webhook === undefined
    ? {}
    : {
        'authentication-token-webhook-config-file': authenticationFile,
        'authentication-token-webhook-cache-ttl': webhook.cacheTimeout,
      };
}
