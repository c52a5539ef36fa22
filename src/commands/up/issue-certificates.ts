import { stateError } from '../../core/errors.js';
import { listCaWarnings, requireValidCas } from '../../pki/check/ca-expiry.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import { createCustomBundle } from '../../pki/custom/custom-bundle.js';
import { toCustomFiles, type CustomFiles } from '../../pki/custom/custom-files.js';
import { createKeyFactory } from '../../pki/key-factory.js';
import { listKeylessCas } from '../../pki/bundle/custom-ca.js';
import type { CertificateChange } from '../../pki/issue/certificate-change.js';
import {
  reconcileCertificates,
  type ReconciledCertificates,
} from '../../pki/issue/reconcile-certificates.js';
import { readCertDir } from '../../state/cert-dir.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { certificatesReady } from '../../run/certificates/certificates-ready.js';
import { ownCertificates } from '../../run/certificates/check-certificates.js';
import type { Session } from '../../run/session.js';
import type { ClusterOptions } from '../../run/cluster-options.js';

/**
 * Issues the certificates of a run and reports them: those of the state with new ones, or custom ones.
 *
 * @param certDir directory of custom certificates, which then replace all others
 * @param now time of issue; now by default
 * @throws RkeError (exit 4) if a CA is unusable or expired, with all faults of the directory, or with everything that would
 *   have to be signed by a custom CA whose key is missing
 */
export async function issueCertificates(
  { spec }: Pick<Session, 'spec'>,
  state: ClusterState | undefined,
  {
    events,
    certDir,
    now = new Date(),
  }: Pick<ClusterOptions, 'events'> & {
    readonly certDir?: string | undefined;
    readonly now?: Date | undefined;
  },
): Promise<CertificateBundle> {
  const existing = state?.desiredState.certificatesBundle ?? {};
  const keyless = listKeylessCas(existing);
  const context = { spec, state, now, events };
  const issued: ReconciledCertificates =
    certDir !== undefined
      ? takeCustom(await readCertDir(certDir), context, (faults) => refuseCustom(certDir, faults))
      : keyless.length > 0
        ? takeCustom(toCustomFiles(existing), context, (faults) => ownCertificates(keyless, faults))
        : await reconcileIssued(spec, existing, now);
  events.emit(certificatesReady(issued.bundle, issued.changes));
  for (const message of listCaWarnings(issued.bundle, now)) events.emit({ type: 'warning', message });
  return issued.bundle;
}

function reconcileIssued(
  spec: Session['spec'],
  existing: CertificateBundle,
  now: Date,
): Promise<ReconciledCertificates> {
  requireValidCas(existing, now);
  return reconcileCertificates({ spec, existing, now, createKey: createKeyFactory() });
}

interface CustomContext extends Pick<Session, 'spec'>, Pick<ClusterOptions, 'events'> {
  readonly state: ClusterState | undefined;
  readonly now: Date;
}

/** Takes custom certificates, of a directory or of the state, as they are, or refuses them. */
function takeCustom(
  files: CustomFiles,
  { spec, state, now, events }: CustomContext,
  refusal: (faults: readonly string[]) => Error,
): ReconciledCertificates {
  const existing = state?.desiredState.certificatesBundle ?? {};
  const running = state?.currentState.certificatesBundle?.['kube-ca']?.certificatePEM;
  const { bundle, faults, warnings } = createCustomBundle(files, { spec, existing, running, now });
  if (faults.length > 0) throw refusal(faults);
  for (const message of warnings) events.emit({ type: 'warning', message });
  const changes = Object.values(bundle).flatMap(({ name, certificatePEM, keyPEM }): CertificateChange[] => {
    const before = existing[name];
    if (before?.certificatePEM === certificatePEM && before.keyPEM === keyPEM) return [];
    return [{ name, kind: before === undefined ? 'issued' : 'reissued', reason: 'given' }];
  });
  return { bundle, changes };
}

function refuseCustom(dir: string, faults: readonly string[]): Error {
  return stateError('CUSTOM_CERTS', `invalid certificates in ${dir}`, {
    faults,
    fix: `replace the listed files and run the command again; \`rke cert generate-csr --cert-dir ${dir}\` writes requests with the right names and usages`,
  });
}
