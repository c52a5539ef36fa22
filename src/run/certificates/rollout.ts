import type { CertificateBundle } from '../../pki/certificates.js';
import { certificatePath, keyPath } from '../../pki/required/certificate-paths.js';
import { findPendingFiles, findPendingNames } from '../../pki/issue/rotation.js';
import { readCertificate } from '../../pki/x509/x509.js';
import type { Outcomes } from '../../execute/outcome.js';
import type { Rollout } from '../../reconcile/diff/file-readers.js';
import { isWork, type Operation } from '../../reconcile/operations.js';
import type { ClusterState } from '../../state/cluster-state.js';

export interface CertificateRollout extends Rollout {
  /** True if any certificate is not on all hosts yet. */
  readonly isPending: boolean;
  /** True if the CA of the cluster is one of them. */
  readonly hasNewCa: boolean;
}

/** The certificates that the hosts may not have yet, according to the last run that rolled certificates out. */
export function rolloutOf(
  state: ClusterState | undefined,
  bundle: CertificateBundle,
  now: Date,
): CertificateRollout {
  const before = state?.currentState.certificatesBundle;
  const names = [...findPendingNames(before, bundle)];
  const hasNewCa = names.includes('kube-ca');
  const hasExpired = (name: string): boolean => {
    const facts = readCertificate(before?.[name]?.certificatePEM ?? '');
    return facts !== undefined && facts.notAfter <= now;
  };
  const files = findPendingFiles(before, bundle);
  const ofExpired = new Set(
    names.filter(hasExpired).flatMap((name) => [certificatePath(name), keyPath(name)]),
  );
  return {
    isPending: names.length > 0,
    files,
    together: hasNewCa ? files : new Set([...files].filter((path) => ofExpired.has(path))),
    hasNewCa,
  };
}

const stagesOfRollout: ReadonlySet<string> = new Set(['files', 'etcd', 'controlplane', 'worker']);

/** True if all reached hosts have the new certificates, whatever else failed. */
export function isRolledOut(operations: readonly Operation[], outcomes: Outcomes): boolean {
  return operations.every(
    ({ id, stage, kind }) =>
      !isWork({ kind }) ||
      kind === 'run-hook' ||
      !(stagesOfRollout.has(stage) || kind === 'restart-pods') ||
      outcomes.get(id)?.status === 'done',
  );
}
