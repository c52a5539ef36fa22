import { createEncryptionKey } from '../../pki/key-factory.js';
import { planKeyRotation } from '../../plan/encryption/key-rotation.js';
import { pairBeforeSteps } from '../../plan/encryption/encryption-path.js';
import type { EncryptionStep } from '../../plan/encryption/encryption-step.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import type { HostFacts } from '../../plan/host-context.js';
import { stepOperations } from '../../reconcile/intents/encryption-operations.js';
import { addStateCopies } from '../../reconcile/intents/state-copy.js';
import { apply, type Decision } from '../../run/apply.js';
import { checkCertificates } from '../../run/certificates/check-certificates.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { planSteps } from '../../run/encryption/encryption-of-run.js';
import { planCluster } from '../../run/plan-cluster.js';
import type { RunResult } from '../../run/apply.js';
import { emitRunStarted } from '../../run/run-events.js';
import { limitRun } from '../../run/limit-run.js';
import { openLockedSession } from '../../run/session.js';
import { stateTexts } from '../../run/state/finished-state.js';
import { throwMissing } from '../../run/state/open-state.js';
import { withCluster, type ObservedRun } from '../../run/with-cluster.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { encryptionPair, withEncryption } from '../../state/next-state.js';
import { requireApiServers, requireGeneratedKey } from './rotatable.js';

/**
 * `rke encrypt rotate-key`: creates a new key, re-encrypts all Secrets with it, and removes the old key. Applies nothing else of
 * cluster.yml. The next rotation completes an interrupted one.
 *
 * @throws RkeError of the state (exit 4) if encryption is off or custom, or there is no state
 */
export function rotateEncryptionKey(options: ClusterOptions): Promise<RunResult> {
  return limitRun(options, rotate);
}

async function rotate(options: ClusterOptions): Promise<RunResult> {
  const command = 'encrypt rotate-key';
  await using session = await openLockedSession(options, { forChange: false, command: `rke ${command}` });
  const { spec } = session;
  const state = session.state ?? throwMissing(session.store);
  checkCertificates(state, session.store.location);
  requireGeneratedKey(spec);
  const steps = planKeyRotation({
    ...encryptionPair(state),
    controlPlanes: spec.nodes.filter(({ role }) => role.includes('controlplane')).length,
    createKey: createEncryptionKey,
  });
  emitRunStarted(options, command, spec);

  const certificates = state.desiredState.certificatesBundle ?? {};
  const planWith = (facts: ReadonlyMap<string, HostFacts>, encryptionConfig: string): ClusterPlan =>
    planCluster(session, facts, { certificates, encryptionConfig }, state.currentState.rkeConfig);
  const { current } = encryptionPair(state);
  return await withCluster(
    session,
    options,
    {
      command: `rke ${command}`,
      purpose: 'change',
      certificates,
      plan: (facts) => planWith(facts, current),
    },
    (cluster) => {
      requireApiServers(
        cluster.plan.nodes.map(({ node }) => node),
        cluster.observed,
      );
      const planNodes = (text: string) => planWith(cluster.dockerFacts, text).nodes;
      return apply(cluster, decideRotation(state, steps, planNodes, cluster));
    },
  );
}

/** Plans one step after the other: every API server can read the new key before the first one writes with it. */
function decideRotation(
  state: ClusterState,
  steps: readonly EncryptionStep[],
  planNodes: (text: string) => ClusterPlan['nodes'],
  { observed }: Pick<ObservedRun, 'observed'>,
): Decision {
  const rotation = planSteps(steps, planNodes).flatMap((step, index) =>
    stepOperations(step, observed, {
      name: stepName(index),
      after: index === 0 ? [] : [`${stepName(index - 1)}:note`],
    }),
  );
  const pair = encryptionPair(state);
  const last = steps.at(-1)?.text ?? pair.current;
  const desired = withEncryption(state, pairBeforeSteps(steps, steps[0]?.text ?? last, pair));
  const finished = withEncryption(state, { desired: last, current: last });
  const unchanged = { containers: 0, files: 0, addons: 0 };
  const operations = addStateCopies(
    { operations: rotation, unchanged },
    stateTexts(desired, finished, true),
    observed,
  );
  return { operations, warnings: [], refusals: [], desired, finished };
}

const stepName = (index: number): string => `key:${index + 1}`;
