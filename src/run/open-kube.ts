import type { HostReader } from '../host/host.js';
import { createKubeApi } from '../kube/client.js';
import type { CertificateBundle } from '../pki/certificates.js';
import type { Session } from './session.js';

/** The Kubernetes API with its connections. */
export type KubeConnection = ReturnType<typeof createKubeApi>;

/** Opens the API as kube-admin, through the first control-plane host that answers. */
export function openKube(
  session: Pick<Session, 'spec'>,
  hosts: ReadonlyMap<string, HostReader>,
  bundle: CertificateBundle,
): KubeConnection {
  return createKubeApi({ controlPlanes: listControlPlanes(session, hosts), certificates: adminOf(bundle) });
}

/** Creates an API without servers, for a run that must not use one. */
export function createUnusedKube(): KubeConnection {
  return createKubeApi({ controlPlanes: [], certificates: adminOf({}) });
}

/** Lists the connected control-plane hosts. */
export function listControlPlanes(
  { spec }: Pick<Session, 'spec'>,
  hosts: ReadonlyMap<string, HostReader>,
): HostReader[] {
  return spec.nodes.flatMap(({ address, role }) => {
    const host = hosts.get(address);
    return host !== undefined && role.includes('controlplane') ? [host] : [];
  });
}

/** The client certificate of kube-admin, with the CA of the cluster; empty strings if it is missing. */
export function adminOf(bundle: CertificateBundle): { ca: string; cert: string; key: string } {
  return {
    ca: bundle['kube-ca']?.certificatePEM ?? '',
    cert: bundle['kube-admin']?.certificatePEM ?? '',
    key: bundle['kube-admin']?.keyPEM ?? '',
  };
}
