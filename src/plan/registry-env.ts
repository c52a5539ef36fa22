import type { PrivateRegistry } from '../config/cluster-spec.js';
import { sortedEntries } from '../core/stable.js';
import type { HostContext } from './host-context.js';
import { underPrefix } from './prefix-path.js';

/**
 * Variables through which the entrypoint writes Docker's credentials for the pods' pulls (RKE cluster/plan.go:472-696).
 * Nothing where cluster.yml has no private registry.
 */
export function registryEnv({ spec, prefixPath }: HostContext): string[] {
  const registries = spec.privateRegistries ?? [];
  if (registries.length === 0) return [];
  return [
    `RKE_KUBELET_DOCKER_CONFIG=${base64(dockerConfig(registries))}`,
    `RKE_KUBELET_DOCKER_FILE=${underPrefix(prefixPath, '/var/lib/kubelet/config.json')}`,
  ];
}

/** `config.json` of Docker as Go marshals it. A registry with the ECR plugin has no credentials of its own. */
function dockerConfig(registries: readonly PrivateRegistry[]): string {
  const auths: Record<string, { auth: string }> = {};
  const credHelpers: Record<string, string> = {};
  for (const { url = '', user = '', password = '', ecrCredentialPlugin } of registries) {
    const key = url === '' ? 'docker.io' : url;
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

/** JSON with the five characters escaped that Go's encoder escapes by default. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
