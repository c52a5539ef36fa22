import type { PrivateRegistry } from '../../config/cluster-spec.js';
import { orDefault } from '../../core/or-default.js';
import { goJson } from '../../core/go-json.js';
import { sortedEntries } from '../../core/stable.js';
import type { HostContext } from '../host-context.js';
import { joinPrefix } from '../prefix-path.js';

/**
 * Builds the variables from which the entrypoint writes Docker's credentials for image pulls of pods (RKE
 * cluster/plan.go:472-696). Empty if cluster.yml has no private registry.
 */
export function buildRegistryEnv({ spec, prefixPath }: HostContext): string[] {
  const registries = spec.privateRegistries ?? [];
  if (registries.length === 0) return [];
  return [
    `RKE_KUBELET_DOCKER_CONFIG=${base64(renderDockerConfig(registries))}`,
    `RKE_KUBELET_DOCKER_FILE=${joinPrefix(prefixPath, '/var/lib/kubelet/config.json')}`,
  ];
}

/** Renders Docker's `config.json` the same as Go. A registry with the ECR plugin has no credentials in it. */
function renderDockerConfig(registries: readonly PrivateRegistry[]): string {
  const auths: Record<string, { auth: string }> = {};
  const credHelpers: Record<string, string> = {};
  // The last registry of a URL counts (RKE cluster/defaults.go:287).
  const byUrl = new Map(registries.map((registry) => [orDefault(registry.url, 'docker.io'), registry]));
  for (const [key, { user = '', password = '', ecrCredentialPlugin }] of byUrl) {
    if (ecrCredentialPlugin !== undefined) credHelpers[key] = 'ecr-login';
    else auths[key] = { auth: base64(`${user}:${password}`) };
  }
  return goJson({
    ...(Object.keys(auths).length === 0 ? {} : { auths: Object.fromEntries(sortedEntries(auths)) }),
    ...(Object.keys(credHelpers).length === 0
      ? {}
      : { credHelpers: Object.fromEntries(sortedEntries(credHelpers)) }),
  });
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
