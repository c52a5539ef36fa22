import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { FlagMap } from '../container/flags.js';

/** Kubeconfig with which kube-apiserver calls the webhook that authenticates tokens. */
export const authenticationFile = '/etc/kubernetes/kube-api-authn-webhook.yaml';

/** Builds the flags of kube-apiserver for the webhook, if there is one (RKE cluster/plan.go:169-353). */
export function buildWebhookFlags({ authentication: { webhook } }: ClusterSpec): FlagMap {
  return webhook === undefined
    ? {}
    : {
        'authentication-token-webhook-config-file': authenticationFile,
        'authentication-token-webhook-cache-ttl': webhook.cacheTimeout,
      };
}
