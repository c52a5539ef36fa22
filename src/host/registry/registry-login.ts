import type { PrivateRegistry } from '../../config/cluster-spec.js';
import type { EcrLogin } from './ecr.js';
import type { CallOptions, RegistryAuth } from '../host.js';
import { registryAuth, registryFor } from './registry-auth.js';

/** Credentials to pull an image with, if cluster.yml has any; gets a password if there is none yet. */
export type RegistryLogin = (image: string, options: CallOptions) => Promise<RegistryAuth | undefined>;

/** The AWS plugin is used only if a registry has neither user nor password (RKE docker/docker.go:698). */
export function createRegistryLogin(registries: readonly PrivateRegistry[], ecr: EcrLogin): RegistryLogin {
  return async (image, options) => {
    const auth = registryAuth(image, registries);
    const { url = '', ecrCredentialPlugin: plugin } = registryFor(image, registries) ?? {};
    return auth !== undefined || plugin === undefined ? auth : ecr({ url, plugin }, options);
  };
}
