import type { CertificateBundle } from '../../pki/certificates.js';
import { certificatePath, keyPath } from '../../pki/required/certificate-paths.js';
import { findPendingFiles, findPendingNames } from '../../pki/issue/rotation.js';
import { readCertificate } from '../../pki/x509/x509.js';
import type { Outcomes } from '../../execute/outcome.js';
import type { Rollout } from '../../reconcile/diff/file-readers.js';
import { isWork, type Operation } from '../../reconcile/operations.js';
import type { ClusterState } from '../../state/cluster-state.js';

export interface CertificateRollout extends Rollout {
  /** Is any certificate on its way to the hosts. */
  readonly isPending: boolean;
  /** Is the cluster's authority among them. */
  readonly newAuthority: boolean;
}

/** Which certificates the hosts may not have taken over yet, by what the last run that brought certificates there left. */
export function rolloutOf(
  state: ClusterState | undefined,
  bundle: CertificateBundle,
  now: Date,
): CertificateRollout {
  const before = state?.currentState.certificatesBundle;
  const names = [...findPendingNames(before, bundle)];
  const newAuthority = names.includes('kube-ca');
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
    together: newAuthority ? files : new Set([...files].filter((path) => ofExpired.has(path))),
    newAuthority,
  };
}

const stagesOfRollout: ReadonlySet<string> = new Set(['files', 'etcd', 'controlplane', 'worker']);

/** Have all hosts that were reached taken the certificates over, whatever else has failed. */
export function isRolledOut(operations: readonly Operation[], outcomes: Outcomes): boolean {
  return operations.every(
    ({ id, stage, kind }) =>
      !isWork({ kind }) ||
      !(stagesOfRollout.has(stage) || kind === 'restart-pods') ||
      outcomes.get(id)?.status === 'done',
  );
}
