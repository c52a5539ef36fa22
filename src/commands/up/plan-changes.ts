import { addonSeconds, defaultAddonWait, selectAddonWaits } from '../../reconcile/order/addon-waits.js';
import { planUp } from '../../reconcile/plan-up.js';
import { keepHostCertificates } from '../../run/certificates/keep-host-certificates.js';
import { rolloutOf, type CertificateRollout } from '../../run/certificates/rollout.js';
import {
  planEncryptionOperations,
  planSteps,
  withEncryptionFile,
} from '../../run/encryption/encryption-of-run.js';
import type { UpChanges, UpInput } from './up-decision.js';
import { planUpdateOnly, type UpdateOnly } from './update-only.js';
import { nameUpgradeSnapshot } from './upgrade-snapshot.js';

/** Plans what `rke up` changes. Pure. */
export function planChanges(input: UpInput): UpChanges {
  const { spec, state, certificates, encryption, plan, observed, now } = input;
  const rollout = withEncryptionFile(rolloutOf(state, certificates, now), encryption);
  const kept = keepHostCertificates(plan, observed, { spec, certificates, rollout, now });
  const rules = { prunesNamespaces: input.pruneNamespaces === true };
  const only = input.updateOnly === true ? limitToNew(input, rollout) : undefined;
  const reduced = only?.newWorkers === undefined ? kept : { ...kept, onlyNewWorkers: only.newWorkers };
  const onHosts = selectAddonWaits(
    planUp(reduced, observed, {
      addonTimeoutSeconds: addonSeconds(spec),
      rollout,
      rules,
      snapshot: nameUpgradeSnapshot(input),
    }),
    plan,
    input.wait ?? defaultAddonWait,
  );
  const steps = planSteps(encryption.steps, (text) => input.planNodes(input, text));
  const ofSecrets = planEncryptionOperations(steps, observed, onHosts.operations);
  const changes = { ...onHosts, operations: [...onHosts.operations, ...ofSecrets] };
  return { changes, rollout, rules, only };
}

const limitToNew = ({ spec, state, encryption, plan }: UpInput, rollout: CertificateRollout): UpdateOnly =>
  planUpdateOnly({
    ...{ spec, rollout },
    running: state?.currentState.rkeConfig,
    changesEncryption: encryption.steps.length > 0,
    changesNetwork: plan.networkChange !== undefined,
  });
