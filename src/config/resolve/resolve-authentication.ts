import type { ClusterSpec } from '../cluster-spec.js';
import { orDefault } from '../../core/or-default.js';
import type { ClusterConfig } from '../schema/parse-config.js';

/** Applies the webhook defaults if the strategy contains webhook or its block is set (RKE cluster/defaults.go). */
export function resolveAuthentication(
  given: NonNullable<ClusterConfig['authentication']>,
): ClusterSpec['authentication'] {
  const strategy = orDefault(given.strategy, 'x509');
  const hasWebhook = given.webhook !== undefined || splitStrategies(strategy).includes('webhook');
  return {
    ...given,
    strategy,
    ...(hasWebhook
      ? {
          webhook: {
            configFile: orDefault(given.webhook?.configFile, defaultWebhook),
            cacheTimeout: orDefault(given.webhook?.cacheTimeout, '5s'),
          },
        }
      : {}),
  } as ClusterSpec['authentication'];
}

/** The strategies of `x509 | Webhook`, in lower case. */
export function splitStrategies(strategy: string): string[] {
  return strategy.split('|').map((one) => one.trim().toLowerCase());
}

/** RKE's default, which points to Rancher's local webhook. */
const defaultWebhook = `
apiVersion: v1
kind: Config
clusters:
- name: Default
  cluster:
    insecure-skip-tls-verify: true
    server: http://127.0.0.1:6440/v1/authenticate
users:
- name: Default
  user:
    insecure-skip-tls-verify: true
current-context: webhook
contexts:
- name: webhook
  context:
    user: Default
    cluster: Default
`;
