import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import type { Operation, OperationPlan } from '../../reconcile/operations.js';
import { planUp } from '../../reconcile/plan-up.js';
import { withPortCheck } from '../../reconcile/intents/port-check.js';
import { isCopyable, withStateCopies } from '../../reconcile/intents/state-copy.js';
import { keepCertificates } from '../../reconcile/diff/file-content.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import { createHostCertificateCheck } from '../../pki/check/host-certificate.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { withDesired, withEncryption } from '../../state/next-state.js';
import { rolloutOf, type CertificateRollout } from '../../run/certificates/rollout.js';
import {
  encryptionOperations,
  plannedSteps,
  withEncryptionFile,
  type RunEncryption,
} from '../../run/encryption/encryption-in-up.js';
import type { Session } from '../../run/session.js';
import { finishedState, stateTexts } from '../../run/state/finished-state.js';
import { withoutUnmetNodes } from './without-unmet-nodes.js';

/** All that decides what `rke up` does. */
export interface UpInput extends Pick<Session, 'spec' | 'state'> {
  readonly certificates: CertificateBundle;
  readonly encryption: RunEncryption;
  readonly plan: ClusterPlan;
  /** The same plan with another text of the EncryptionConfiguration. */
  readonly planWith: (encryptionConfig: string) => ClusterPlan;
  readonly observed: ObservedCluster;
  readonly disablePortCheck: boolean;
  readonly now: Date;
}

/** What `rke up` does, and what the state says before and after it. */
export interface UpDecision {
  /** What changes hosts and cluster. */
  readonly changes: readonly Operation[];
  /** All that is done: the changes, checks before them, and the cluster's copy of the state. */
  readonly operations: OperationPlan;
  /** To be saved before the first host is changed, and when all is done. */
  readonly desired: ClusterState;
  readonly finished: ClusterState;
  /** Every node that the state records was reached: when all operations are done, what it wants is what runs. */
  readonly isWhole: boolean;
  readonly rollout: CertificateRollout;
  /** The state is small enough for the cluster to keep a copy. */
  readonly isCopyable: boolean;
}

/** RKE's 45 s are for its deploy job alone; what is waited for here is that the add-on works. */
const leastAddonSeconds = 180;

/** Decides what is to be done; nothing is done here. */
export function decideUp(input: UpInput): UpDecision {
  const { spec, state, certificates, encryption, plan, planWith, observed } = input;
  const rollout = withEncryptionFile(rolloutOf(state, certificates, input.now), encryption);
  const kept = keepCertificates(plan, observed, {
    isAsGood: createHostCertificateCheck(spec, certificates, input.now),
    names: Object.keys(certificates),
    rollout: rollout.files,
  });
  const onHosts = planUp(kept, observed, Math.max(spec.addonJobTimeout, leastAddonSeconds), rollout);
  const steps = plannedSteps(encryption.steps, (text) => planWith(text).nodes);
  const ofSecrets = encryptionOperations(steps, observed, onHosts.operations);
  const changes = { ...onHosts, operations: [...onHosts.operations, ...ofSecrets] };

  const { before, end } = encryption;
  const met = withoutUnmetNodes(spec, state, observed.hosts);
  const wanted = withDesired(state, met, { certificates, encryptionConfig: before.desired });
  const desired = withEncryption(wanted, before);
  const finished = withEncryption(finishedState(state, desired, changes), end);

  const isWhole = met.nodes.every(({ address }) => observed.hosts.has(address));
  const texts = stateTexts(desired, finished, isWhole);
  const planned = withStateCopies(changes, texts, observed);
  return {
    changes: changes.operations,
    operations: input.disablePortCheck ? planned : withPortCheck(planned, plan, observed),
    desired,
    finished,
    isWhole,
    rollout,
    isCopyable: isCopyable(texts.after),
  };
}
