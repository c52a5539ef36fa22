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
import { encryptionOnHosts } from './encryption-on-hosts.js';
import type { RecoverInput, Recovery } from './recovered.js';
import { whyOtherVersion } from './running-version.js';

/** From the certificates on the hosts: the very authority and keys, and only what no host has is issued anew. */
export async function fromHosts(input: RecoverInput): Promise<Recovery> {
  const { found, spec, catalog, now, createKey } = input;
  const { authority, files, failures, kubernetesImages } = found;
  if (authority === undefined) {
    const why = 'no control-plane host has the certificate authority in /etc/kubernetes/ssl';
    return { why: [why, ...failures].join('; ') };
  }
  const otherVersion = whyOtherVersion(kubernetesImages, spec, catalog);
  if (otherVersion !== undefined) return { why: otherVersion };
  const existing = recoverBundle(files, spec);
  const [fault] = findBundleFaults(existing);
  if (fault !== undefined) return { why: `on ${authority.host}, ${fault.message}` };
  if (listKeylessCas(existing).length > 0) return asTheyAre(existing, input, authority.host);
  try {
    const { bundle, changes } = await reconcileCertificates({ spec, existing, now, createKey });
    const encryption = encryptionOnHosts(found);
    const encryptionConfig = encryption === undefined ? {} : { encryptionConfig: encryption };
    return {
      source: 'hosts',
      from: `the certificates on ${authority.host} and the other hosts`,
      state: {
        desiredState: { rkeConfig: withFixed(spec), certificatesBundle: bundle, ...encryptionConfig },
        // What the last run that finished left is not known; the keys that Secrets are read with are.
        currentState: encryptionConfig,
      },
      missing: [configurationOfNow, ...changes.map(describeChange)],
    };
  } catch (error) {
    if (error instanceof RkeError && error.code === 'CA_EXPIRED')
      return withoutIssuing(existing, input, { host: authority.host, why: error });
    return { why: messageOf(error) };
  }
}

/**
 * If a CA has expired nothing can be issued: the state has what the hosts have, without kube-admin. It says that this is how
 * the cluster runs, so that `rke cert rotate --rotate-ca`, the one way on, accepts it and knows what to replace.
 */
function withoutIssuing(
  certificatesBundle: CertificateBundle,
  { found, spec }: RecoverInput,
  { host, why }: { readonly host: string; readonly why: RkeError },
): Recovery {
  const encryption = encryptionOnHosts(found);
  const encryptionConfig = encryption === undefined ? {} : { encryptionConfig: encryption };
  const half = { rkeConfig: withFixed(spec), certificatesBundle, ...encryptionConfig };
  return {
    source: 'hosts',
    from: `the certificates on ${host} and the other hosts`,
    state: { desiredState: half, currentState: half },
    missing: [configurationOfNow, `kube-admin and what else no host has: ${why.message}; ${why.fix ?? ''}`],
  };
}

/** Where the user's own authority signed: nothing can be issued anew, but what is there is as good as ever. */
function asTheyAre(
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
  const encryption = encryptionOnHosts(found);
  const encryptionConfig = encryption === undefined ? {} : { encryptionConfig: encryption };
  return {
    source: 'hosts',
    from: `the certificates on ${host} and the other hosts`,
    state: {
      desiredState: { rkeConfig: withFixed(spec), certificatesBundle, ...encryptionConfig },
      // By it another authority of the user's is known to be another one.
      currentState: { certificatesBundle, ...encryptionConfig },
    },
    missing: [
      configurationOfNow,
      'the key of the authority, which is your own',
      ...faults.map((fault) => `${fault}: bring it with rke up --custom-certs`),
    ],
  };
}

const configurationOfNow = 'the configuration of the last run: cluster.yml is taken as it is now';

function describeChange({ name, kind }: CertificateChange): string {
  if (kind === 'removed') return `${name} is not in cluster.yml any more and was left out`;
  const because = name === 'kube-admin' ? 'no host has it' : 'no host has a good one with its key';
  return `${name}: ${because}; it was issued anew`;
}
