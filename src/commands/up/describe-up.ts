import { encryptionFile } from '../../plan/encryption/encryption-configuration.js';
import { certificatePath, keyPath, kubeconfigPath } from '../../pki/required/certificate-paths.js';
import { changesAnything } from '../../reconcile/description/change.js';
import { describeOperations } from '../../reconcile/description/describe-operations.js';
import type { RunPlan } from '../../reconcile/description/run-plan.js';
import { runErrors } from '../../report/run-errors.js';
import { RunFailedError } from '../../core/hosts-error.js';
import type { ReadCluster } from '../../run/with-cluster.js';
import type { UpDecision } from './up-decision.js';
import { listDestruction } from './destruction.js';
import { listUnfinished } from './unfinished.js';
import type { PreparedUp } from './prepare.js';

/** Describes what `rke up` does in a cluster. */
export function describeUp(
  { session, plan, observed, certificates, unreached }: ReadCluster,
  { encryption, limit }: Pick<PreparedUp, 'encryption' | 'limit'>,
  decision: UpDecision,
): RunPlan {
  const { spec, state } = session;
  const { operations, changes, refusals } = decision;
  const copies = operations.operations.filter(({ kind }) => kind === 'copy-state').slice(0, 1);
  const changing = new Set(changes.map(({ id }) => id));
  // Hooks are between the changes.
  const shown = operations.operations.filter(({ id, kind }) => changing.has(id) || kind === 'run-hook');
  const described = describeOperations(
    [...shown, ...copies],
    [...spec.nodes, ...(plan.leaving ?? []).map(({ node }) => node)],
    {
      plan,
      observed,
      leftOut: limit?.leftOut,
      created: listCreatedFiles(session, { certificates, encryption }),
    },
  );
  const failures = [...refusals, ...unreached];
  return {
    formatVersion: 1,
    cluster: spec.clusterName,
    kubernetesVersion: spec.kubernetesVersion,
    hasChanges: changesAnything(operations.operations),
    unfinished: listUnfinished(state, observed),
    destructive: listDestruction(described, state, certificates),
    ...described,
    unchanged: operations.unchanged,
    warnings: decision.warnings,
    problems: failures.length === 0 ? [] : runErrors(new RunFailedError(failures)),
  };
}

/** Paths of the files with keys and certificates that are created in this run, and would be others in the next. */
function listCreatedFiles(
  { state }: Pick<ReadCluster['session'], 'state'>,
  { certificates, encryption }: Pick<ReadCluster, 'certificates'> & Pick<PreparedUp, 'encryption'>,
): ReadonlySet<string> {
  const saved = state?.desiredState.certificatesBundle ?? {};
  const names = Object.values(certificates).flatMap(({ name, certificatePEM, keyPEM }) => {
    const before = saved[name];
    return before?.certificatePEM === certificatePEM && before.keyPEM === keyPEM ? [] : [name];
  });
  const texts = [state?.desiredState.encryptionConfig, state?.currentState.encryptionConfig];
  return new Set([
    ...names.flatMap((name) => [certificatePath(name), keyPath(name), kubeconfigPath(name)]),
    ...(texts.includes(encryption.text) ? [] : [encryptionFile]),
  ]);
}
