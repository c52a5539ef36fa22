import { messageOf } from '../../core/errors.js';
import { bundleFaults } from '../../pki/check-bundle.js';
import { recoverBundle } from '../../pki/recover-bundle.js';
import { reconcileCertificates, type CertificateChange } from '../../pki/reconcile-certificates.js';
import { withFixed } from '../../state/codec.js';
import { encryptionOnHosts } from './encryption-on-hosts.js';
import type { RecoverInput, Recovery } from './recovered.js';

/** From the certificates on the hosts: the very authority and keys, and only what no host has is issued anew. */
export async function fromHosts({ found, spec, now, createKey }: RecoverInput): Promise<Recovery> {
  const { authority, files, failures } = found;
  if (authority === undefined) {
    const why = 'no control-plane host has the certificate authority with its key in /etc/kubernetes/ssl';
    return { why: [why, ...failures].join('; ') };
  }
  const existing = recoverBundle(files, spec);
  const [fault] = bundleFaults(existing);
  if (fault !== undefined) return { why: `on ${authority.host}, ${fault.message}` };
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
      missing: [
        'the configuration of the last run: cluster.yml is taken as it is now',
        ...changes.map(describeChange),
      ],
    };
  } catch (error) {
    return { why: messageOf(error) };
  }
}

function describeChange({ name, kind }: CertificateChange): string {
  if (kind === 'removed') return `${name} is not in cluster.yml any more and was left out`;
  const because = name === 'kube-admin' ? 'no host has it' : 'no host has a good one with its key';
  return `${name}: ${because}; it was issued anew`;
}
