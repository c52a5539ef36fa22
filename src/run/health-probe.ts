import type { Probe } from '../execute/run-context.js';
import { probeUrl } from '../host/http-probe.js';
import type { CertificateBundle } from '../pki/certificates.js';

/** Creates the probe of health URLs on their hosts, with the client certificates of the cluster. */
export function createProbe(certificates: CertificateBundle): Probe {
  return (host, check, { signal }) => {
    const pki = check.certificate === undefined ? undefined : certificates[check.certificate];
    const client = pki && { cert: pki.certificatePEM, key: pki.keyPEM };
    return probeUrl(host, check.url, { signal, client });
  };
}
