import { stateError } from '../../core/errors.js';
import { createEncryptionKey } from '../../pki/key-factory.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { pairBeforeSteps } from '../../plan/encryption/encryption-path.js';
import { planKeyRotation } from '../../plan/encryption/key-rotation.js';
import { stepOperations } from '../../reconcile/intents/encryption-operations.js';
import { withStateCopies } from '../../reconcile/intents/state-copy.js';
import { lockCluster } from '../../state/lease-lock.js';
import { encryptionPair, withEncryption } from '../../state/next-state.js';
import { checkCertificates } from '../../run/certificates/check-certificates.js';
import { stateTexts } from '../../run/state/finished-state.js';
import { planCluster } from '../../run/plan-cluster.js';
import { runOperations } from '../../run/run-operations.js';
import { connect, openLockedSession, type ClusterOptions } from '../../run/session.js';
import { StateKeeper } from '../../run/state/state-keeper.js';
import { tolerateWorkers, withUnread } from '../../run/unreachable.js';
import { refuseForeignContainers } from '../../run/checks/foreign-containers.js';
import { look } from '../../run/look.js';
import { openKube } from '../../run/open-kube.js';
import type { Finished } from '../../run/run-result.js';
import { tellPlan, tellStart } from '../../run/tell.js';
import { plannedSteps } from '../../run/encryption/encryption-in-up.js';
import { requireApiServers, requireOwnKey } from './rotatable.js';

/**
 * `rke encrypt rotate-key`: a new key for Secrets, all Secrets written anew with it, and the old key gone. Nothing else of
 * cluster.yml is applied. A rotation that was cut off is ended by the next one.
 *
 * @throws RkeError of state (exit 4) where encryption is off, the user's own, or there is no state
 */
export async function runRotateKey(options: ClusterOptions): Promise<Finished> {
  const { events, signal } = options;
  const command = 'encrypt rotate-key';
  await using session = await openLockedSession(options, { forChange: false, command: `rke ${command}` });
  const { spec, store, state } = session;
  if (state === undefined)
    throw stateError('STATE_MISSING', `no state file at ${store.location}`, {
      fix: 'rebuild it with rke state recover, or put the file back',
    });
  checkCertificates(state, store.location);
  requireOwnKey(spec);
  const pair = encryptionPair(state);
  const controlPlanes = spec.nodes.filter(({ role }) => role.includes('controlplane')).length;
  const steps = planKeyRotation({
    ...pair,
    controlPlanes,
    createKey: createEncryptionKey,
  });
  tellStart(options, command, spec);

  await using hosts = await connect(session, options);
  tolerateWorkers(spec.nodes, hosts);
  const certificates = state.desiredState.certificatesBundle ?? {};
  const running = state.currentState.rkeConfig;
  const planWith = (encryptionConfig: string): ClusterPlan =>
    planCluster(session, hosts.facts, { certificates, encryptionConfig }, running);
  const plan = planWith(pair.current);
  await using kube = openKube(session, hosts.hosts, certificates);
  await using lease = await lockCluster({ ...session.lock, kube, events, signal });
  const observed = await look(plan, hosts, kube, options);
  tolerateWorkers(spec.nodes, withUnread(hosts, observed));
  refuseForeignContainers(plan, observed, `rke ${command}`);
  requireApiServers(
    plan.nodes.map(({ node }) => node),
    observed,
  );

  const planned = plannedSteps(steps, (text) => planWith(text).nodes);
  const rotation = planned.flatMap((step, index) =>
    stepOperations(step, observed, {
      name: stepName(index),
      after: index === 0 ? [] : [`${stepName(index - 1)}:note`],
    }),
  );
  const last = steps.at(-1)?.text ?? pair.current;
  const before = withEncryption(state, pairBeforeSteps(steps, steps[0]?.text ?? last, pair));
  const finished = withEncryption(state, { desired: last, current: last });
  const unchanged = { containers: 0, files: 0, addons: 0 };
  const operations = withStateCopies(
    { operations: rotation, unchanged },
    stateTexts(before, finished, true),
    observed,
  );
  tellPlan(options, operations);
  const keeper = new StateKeeper(before, { store, events, kube, signal: lease.signal });
  // The new key is on disk before the first host gets it.
  await keeper.save();
  await runOperations(operations, {
    options: { ...options, signal: lease.signal },
    spec,
    hosts: hosts.hosts,
    kube,
    certificates,
    failures: [],
    recordEncryption: (next) => keeper.recordEncryption(next),
  });
  return { done: operations.operations.length, unchanged };
}

const stepName = (index: number): string => `key:${index + 1}`;
