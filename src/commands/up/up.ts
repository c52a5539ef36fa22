import type { ClusterSpec } from '../../config/cluster-spec.js';
import { isCustomCa } from '../../pki/bundle/custom-ca.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { lockCluster } from '../../state/lease-lock.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { checkAddons } from './addons-known.js';
import { checkCertificates } from '../../run/certificates/check-certificates.js';
import { compareClocks } from '../../run/certificates/compare-clocks.js';
import { issueCertificates } from './issue-certificates.js';
import { heedChecks, resultsOfChecks } from '../../run/checks/check-hosts.js';
import { joinedMembers } from './joined-members.js';
import { checkPorts } from './check-ports.js';
import { checkDockerVersions } from './docker-versions.js';
import { refuseForeignContainers } from '../../run/checks/foreign-containers.js';
import { refuseForeignCluster } from './foreign-cluster.js';
import { refuseWindows } from '../../run/checks/windows-hosts.js';
import { refuseWipedMembers } from '../../run/checks/wiped-members.js';
import { decideUp } from './decide.js';
import { encryptionOf, refuseUnknownEncryption } from '../../run/encryption/encryption-in-up.js';
import { createProbe } from '../../run/health-probe.js';
import { saveKubeconfig } from '../../run/save-kubeconfig.js';
import { survey } from '../../run/look.js';
import { openKube } from '../../run/open-kube.js';
import { planCluster } from '../../run/plan-cluster.js';
import { runOperations } from '../../run/run-operations.js';
import { resultOf, type RunResult } from '../../run/run-result.js';
import { connect, openLockedSession, type ClusterOptions } from '../../run/session.js';
import { recordEnd } from './record-end.js';
import { StateKeeper } from '../../run/state/state-keeper.js';
import { tellPlan, tellStart } from '../../run/tell.js';
import { tolerateWorkers, withUnread } from '../../run/unreachable.js';

export interface UpOptions extends ClusterOptions {
  /** Folder with the user's own certificates, which then take the place of all others. */
  readonly certDir?: string | undefined;
}

/**
 * `rke up`: brings a cluster to what its cluster.yml says; where nothing differs, does nothing.
 *
 * @throws ConfigError (exit 3), RkeError of state (4), RunFailedError for what went wrong on hosts (5 to 9), or the
 *   signal's reason when it was stopped. In every case the next call goes on from where this one ended.
 */
export async function runUp(options: UpOptions): Promise<RunResult> {
  const { events, signal } = options;
  await using session = await openLockedSession(options, { forChange: true, command: 'rke up' });
  const { spec, catalog, paths, state, store } = session;
  if (state !== undefined && options.certDir === undefined) checkCertificates(state, store.location);
  tellStart(options, 'up', spec);

  // New keys take their time; meanwhile the hosts are connected to.
  const issuing = issueCertificates(session, state, options);
  issuing.catch(() => undefined); // Looked at below; meanwhile a failure must not count as unhandled.
  // Certificates of the user's own with mistakes: nobody is contacted for them.
  if (options.certDir !== undefined || isCustomCa(state?.desiredState.certificatesBundle ?? {}))
    await issuing;
  await using hosts = await connect(session, options);
  tolerateWorkers(spec.nodes, hosts);
  refuseWindows(hosts.facts, state);
  if (!spec.ignoreDockerVersion)
    checkDockerVersions(hosts.facts, catalog.dockerVersions(spec.kubernetesVersion), spec.kubernetesVersion);
  const certificates = await issuing;

  const encryption = encryptionOf(spec, state);
  const running = state?.currentState.rkeConfig;
  const planWith = (encryptionConfig: string): ClusterPlan =>
    planCluster(
      session,
      hosts.facts,
      { certificates, encryptionConfig, earlier: toldBefore(state) },
      running,
    );
  const plan = planWith(encryption.text);

  await using kube = openKube(session, hosts.hosts, certificates);
  await using lease = await lockCluster({ ...session.lock, kube, events, signal });
  const probe = createProbe(certificates);
  const { observed, facts, folders } = await survey(plan, hosts, kube, options, probe);
  const unreached = tolerateWorkers(spec.nodes, withUnread(hosts, observed));
  refuseForeignContainers(plan, observed, 'rke up');
  if (state === undefined) refuseForeignCluster(observed, paths.state);
  else refuseUnknownEncryption(encryption, observed, paths.state);
  const joined = await joinedMembers(state, { observed, facts, hosts: hosts.hosts, probe, signal });
  refuseWipedMembers(state, { observed, facts, paths: folders, joined });

  checkAddons(plan, observed, events);
  const { changes, operations, desired, finished, isWhole, rollout, isCopyable } = decideUp({
    spec,
    state,
    certificates,
    encryption,
    plan,
    planWith,
    observed,
    disablePortCheck: options.disablePortCheck === true,
    now: new Date(),
  });
  if (!isCopyable) events.emit({ type: 'warning', message: tooLarge(paths.state) });
  tellPlan(options, operations);
  const found = { spec, plan, observed, operations: changes, facts, certificates, state };
  if (changes.length > 0) {
    checkPorts(changes, observed);
    heedChecks(resultsOfChecks(found), events);
  } else compareClocks(found, events);

  // On disk before the first host is changed: whatever happens then, no key is lost.
  const keeper = new StateKeeper(desired, { store, events, kube, signal: lease.signal });
  await keeper.save();
  await saveKubeconfig(paths.kubeconfig, { spec, bundle: certificates, state, events });
  await runOperations(operations, {
    options: { ...options, signal: lease.signal },
    spec,
    hosts: hosts.hosts,
    kube,
    certificates,
    failures: unreached,
    onEnd: (outcomes) =>
      recordEnd(keeper, {
        ...{ operations: operations.operations, outcomes, state, finished, isWhole, isCopyable },
        isRollout: rollout.isPending,
        hasEncryptionSteps: encryption.steps.length > 0,
        isStopped: lease.signal.aborted,
      }),
    recordEncryption: (pair) => keeper.recordEncryption(pair),
  });
  await keeper.save(() => finished);
  return resultOf(operations, session);
}

/** A run that did not finish may have set what it was told: only `desiredState` says so. */
function toldBefore(state: ClusterState | undefined): ClusterSpec[] {
  return [state?.currentState.rkeConfig, state?.desiredState.rkeConfig].filter((spec) => spec !== undefined);
}

const tooLarge = (file: string): string =>
  `the state is larger than the 1 MiB that a Secret may have, so the cluster keeps no copy of it: keep copies of ${file} elsewhere`;
