import type { AddonWait } from '../../reconcile/order/addon-waits.js';
import type { CheckResult } from '../../reconcile/checks/check-result.js';
import type { Decision } from '../../run/apply.js';
import type { Session } from '../../run/session.js';
import type { ReadCluster } from '../../run/with-cluster.js';
import type { PreparedUp } from './prepare.js';
import type { PruneRules } from '../../reconcile/diff/user-addon-changes.js';
import type { Operation, OperationPlan } from '../../reconcile/operations.js';
import type { CertificateRollout } from '../../run/certificates/rollout.js';
import type { UpdateOnly } from './update-only.js';

/** Input of the decision what `rke up` does. */
export interface UpInput
  extends
    Pick<Session, 'spec' | 'state' | 'paths'>,
    Pick<PreparedUp, 'encryption' | 'planNodes' | 'limit'>,
    Partial<Pick<PreparedUp, 'hooks'>>,
    Pick<ReadCluster, 'plan' | 'observed' | 'facts' | 'dockerFacts' | 'certificates'> {
  readonly disablePortCheck: boolean;
  /** Add-ons to wait for; `cluster` by default. */
  readonly wait?: AddonWait | undefined;
  /** Deletes Namespaces that left the user add-ons with everything in them; false by default. */
  readonly pruneNamespaces?: boolean | undefined;
  /** Changes containers only on hosts that become workers. */
  readonly updateOnly?: boolean | undefined;
  /** Accepts versions that are too far apart. */
  readonly forceVersion?: boolean | undefined;
  /** Takes a snapshot of etcd before an upgrade of Kubernetes; true by default. */
  readonly snapshot?: boolean | undefined;
  /** Warning of APIs that the new version no longer serves and that are asked for. */
  readonly removedApis?: string | undefined;
  readonly now: Date;
}

export interface UpDecision extends Decision {
  /** Operations that change hosts or the cluster, without checks and the copy of the state. */
  readonly changes: readonly Operation[];
  /** True if every node of the state was reached: when all operations are done, the cluster is as desired. */
  readonly isWhole: boolean;
}

/** What `rke up` changes, and the choices it follows from. */
export interface UpChanges {
  /** Changes of hosts and of the cluster, without checks, hooks and copies of the state. */
  readonly changes: OperationPlan;
  readonly rollout: CertificateRollout;
  readonly rules: PruneRules;
  /** How far `--update-only` reaches; undefined without it. */
  readonly only: UpdateOnly | undefined;
}

/** What is decided already when warnings and refusals are listed. */
export interface Considered extends UpInput, UpChanges {
  readonly checks: readonly CheckResult[];
  /** False if the state is too large for a copy in the cluster. */
  readonly canBeCopied: boolean;
}
