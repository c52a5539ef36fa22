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
 * The certificates of a run, told as they are known: those of the state with what is new, or the user's own.
 *
 * @param certDir folder of the user's own certificates, which then take the place of all others
 * @param now time at which they are made; the present unless given
 * @throws RkeError (exit 4) without a usable and valid CA, with everything that is wrong in the folder, or with
 *   everything that would have to be signed by an authority whose key is not here
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
      ? takeOwn(await readCertDir(certDir), context, (faults) => unusable(certDir, faults))
      : keyless.length > 0
        ? takeOwn(toCustomFiles(existing), context, (faults) => ownCertificates(keyless, faults))
        : await reconcileOwn(spec, existing, now);
  events.emit(certificatesReady(issued.bundle, issued.changes));
  for (const message of listCaWarnings(issued.bundle, now)) events.emit({ type: 'warning', message });
  return issued.bundle;
}

function reconcileOwn(
  spec: Session['spec'],
  existing: CertificateBundle,
  now: Date,
): Promise<ReconciledCertificates> {
  requireValidCas(existing, now);
  return reconcileCertificates({ spec, existing, now, createKey: createKeyFactory() });
}

interface OwnContext extends Pick<Session, 'spec'>, Pick<ClusterOptions, 'events'> {
  readonly state: ClusterState | undefined;
  readonly now: Date;
}

/** The user's own certificates, from their folder or as the state has them: taken as they are, or not at all. */
function takeOwn(
  files: CustomFiles,
  { spec, state, now, events }: OwnContext,
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

function unusable(folder: string, faults: readonly string[]): Error {
  return stateError('CUSTOM_CERTS', `the certificates in ${folder} cannot be used`, {
    faults,
    fix: 'have the named files made again (rke cert generate-csr writes requests with the right names and usages) and run the command again',
  });
}
