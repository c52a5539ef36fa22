import type { Host } from '../host/host.js';
import { createKubeApi } from '../kube/client.js';
import type { CertificateBundle } from '../pki/certificates.js';
import type { Session } from './session.js';

/** Calls to the API, and the connections that they go over. */
export type KubeConnection = ReturnType<typeof createKubeApi>;

/** The API of a cluster through whichever control-plane host answers, as its administrator. */
export function openKube(
  session: Pick<Session, 'spec'>,
  hosts: ReadonlyMap<string, Host>,
  bundle: CertificateBundle,
): KubeConnection {
  return createKubeApi({ controlPlanes: controlPlanesOf(session, hosts), certificates: adminOf(bundle) });
}

/** An API that never answers, for a run that must not listen to one. */
export function noKube(): KubeConnection {
  return createKubeApi({ controlPlanes: [], certificates: adminOf({}) });
}

/** Connected hosts with an API server. */
export function controlPlanesOf({ spec }: Pick<Session, 'spec'>, hosts: ReadonlyMap<string, Host>): Host[] {
  return spec.nodes.flatMap(({ address, role }) => {
    const host = hosts.get(address);
    return host !== undefined && role.includes('controlplane') ? [host] : [];
  });
}

/** The administrator's certificate, by which we speak to the API. */
export function adminOf(bundle: CertificateBundle): { ca: string; cert: string; key: string } {
  return {
    ca: bundle['kube-ca']?.certificatePEM ?? '',
    cert: bundle['kube-admin']?.certificatePEM ?? '',
    key: bundle['kube-admin']?.keyPEM ?? '',
  };
}
