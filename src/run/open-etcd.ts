import { createEtcd } from '../etcd/gateway.js';
import type { EtcdApi } from '../etcd/etcd.js';
import { InternalError } from '../core/errors.js';
import type { HostReader } from '../host/host.js';
import { probeUrl } from '../host/http-probe.js';
import type { CertificateBundle } from '../pki/certificates.js';

/** A list of members is far shorter, also with long names. */
const mostCharacters = 1_000_000;

/** Opens the membership of etcd: members are asked from their hosts, with the certificate that RKE v1 uses for it. */
export function openEtcd(hosts: ReadonlyMap<string, HostReader>, certificates: CertificateBundle): EtcdApi {
  const pki = certificates['kube-node'];
  const client = pki && { cert: pki.certificatePEM, key: pki.keyPEM };
  return createEtcd((endpoint, { path, body }, { signal }) => {
    const host = hosts.get(endpoint.host);
    if (host === undefined) throw new InternalError(`etcd is asked on a host that is not connected`);
    return probeUrl(host, `${endpoint.url}${path}`, { signal, client, body, mostCharacters });
  });
}
