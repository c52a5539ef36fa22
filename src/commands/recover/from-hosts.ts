import { messageOf, RkeError } from '../../core/errors.js';
import { createBundleEntry } from '../../pki/bundle/bundle-entry.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import { findBundleFaults } from '../../pki/check/bundle-faults.js';
import { createCustomBundle } from '../../pki/custom/custom-bundle.js';
import { toCustomFiles } from '../../pki/custom/custom-files.js';
import { listKeylessCas } from '../../pki/bundle/custom-ca.js';
import { recoverBundle } from '../../pki/bundle/recover-bundle.js';
import type { CertificateChange } from '../../pki/issue/certificate-change.js';
import { reconcileCertificates } from '../../pki/issue/reconcile-certificates.js';
import { withFixed } from '../../state/codec.js';
import { findEncryption } from './encryption-on-hosts.js';
import type { RecoverInput, Recovery } from './recovered.js';
import { explainVersionMismatch } from './running-version.js';

/** Recovers the state from the certificates on the hosts: the same CA and keys; only what no host has is reissued. */
export async function recoverFromHosts(input: RecoverInput): Promise<Recovery> {
  const { found, spec, catalog, now, createKey } = input;
  const { ca, files, failures, kubernetesImages } = found;
  if (ca === undefined) {
    const why = 'no control-plane host has a CA in /etc/kubernetes/ssl';
    return { why: [why, ...failures].join('; ') };
  }
  const mismatch = explainVersionMismatch(kubernetesImages, spec, catalog);
  if (mismatch !== undefined) return { why: mismatch };
  const existing = recoverBundle(files, spec);
  const [fault] = findBundleFaults(existing);
  if (fault !== undefined) return { why: `on ${ca.host}, ${fault.message}` };
  if (listKeylessCas(existing).length > 0) return keepCustomCertificates(existing, input, ca.host);
  try {
    const { bundle, changes } = await reconcileCertificates({ spec, existing, now, createKey });
    const encryption = findEncryption(found);
    const encryptionConfig = encryption === undefined ? {} : { encryptionConfig: encryption };
    return {
      source: 'hosts',
      from: `the certificates on ${ca.host} and the other hosts`,
      state: {
        desiredState: { rkeConfig: withFixed(spec), certificatesBundle: bundle, ...encryptionConfig },
        // The configuration of the last finished run is unknown; the keys that decrypt Secrets are known.
        currentState: encryptionConfig,
      },
      missing: [lastConfiguration, ...changes.map(describeChange)],
    };
  } catch (error) {
    if (error instanceof RkeError && error.code === 'CA_EXPIRED')
      return recoverWithExpiredCa(existing, input, { host: ca.host, why: error });
    return { why: messageOf(error) };
  }
}

/**
 * If a CA has expired, nothing can be issued: the state has what the hosts have, without kube-admin. Its current half is the
 * same, so that `rke cert rotate --rotate-ca`, the only way to continue, accepts it and knows what to replace.
 */
function recoverWithExpiredCa(
  certificatesBundle: CertificateBundle,
  { found, spec }: RecoverInput,
  { host, why }: { readonly host: string; readonly why: RkeError },
): Recovery {
  const encryption = findEncryption(found);
  const encryptionConfig = encryption === undefined ? {} : { encryptionConfig: encryption };
  const half = { rkeConfig: withFixed(spec), certificatesBundle, ...encryptionConfig };
  return {
    source: 'hosts',
    from: `the certificates on ${host} and the other hosts`,
    state: { desiredState: half, currentState: half },
    missing: [
      lastConfiguration,
      `kube-admin and other certificates that no host has: ${why.message}; ${why.fix ?? ''}`,
    ],
  };
}

/** With a custom CA nothing can be reissued; what the hosts have is still valid. */
function keepCustomCertificates(
  existing: CertificateBundle,
  { found, spec, now, admin }: RecoverInput,
  host: string,
): Recovery {
  const kubeAdmin = { name: 'kube-admin', commonName: 'kube-admin', organization: 'system:masters' };
  const given = admin && { 'kube-admin': createBundleEntry({ ...kubeAdmin, ...admin, kubeconfig: true }) };
  const files = toCustomFiles({ ...existing, ...given });
  const { bundle, faults } = createCustomBundle(files, { spec, existing, now });
  const certificatesBundle = Object.fromEntries(
    Object.entries(bundle).filter(([, { certificatePEM, keyPEM }]) => certificatePEM !== '' || keyPEM !== ''),
  );
  const encryption = findEncryption(found);
  const encryptionConfig = encryption === undefined ? {} : { encryptionConfig: encryption };
  return {
    source: 'hosts',
    from: `the certificates on ${host} and the other hosts`,
    state: {
      desiredState: { rkeConfig: withFixed(spec), certificatesBundle, ...encryptionConfig },
      // A different custom CA is recognized by comparison with this.
      currentState: { certificatesBundle, ...encryptionConfig },
    },
    missing: [
      lastConfiguration,
      'the key of your custom CA',
      ...faults.map((fault) => `${fault}: provide it with \`rke up --custom-certs\``),
    ],
  };
}

const lastConfiguration = 'the configuration of the last run; the current cluster.yml is used';

function describeChange({ name, kind }: CertificateChange): string {
  if (kind === 'removed') return `${name}: left out, because it is no longer in cluster.yml`;
  const because = name === 'kube-admin' ? 'no host has it' : 'no host has a valid one with its key';
  return `${name}: reissued, because ${because}`;
}
