import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import { createHostCertificateCheck } from '../../pki/check/host-certificate.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { keepCertificates } from '../../reconcile/diff/file-content.js';
import type { Rollout } from '../../reconcile/diff/file-readers.js';
import type { ObservedCluster } from '../../reconcile/observed.js';

/** The plan with the certificates that the hosts have and can keep, except those of a rollout. */
export function keepHostCertificates(
  plan: ClusterPlan,
  observed: ObservedCluster,
  {
    spec,
    certificates,
    rollout,
    now,
  }: {
    readonly spec: ClusterSpec;
    readonly certificates: CertificateBundle;
    readonly rollout: Pick<Rollout, 'files'>;
    readonly now: Date;
  },
): ClusterPlan {
  return keepCertificates(plan, observed, {
    isAsGood: createHostCertificateCheck(spec, certificates, now),
    names: Object.keys(certificates),
    rollout: rollout.files,
  });
}
