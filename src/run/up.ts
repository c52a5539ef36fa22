import { stateError } from '../core/errors.js';
import type { UnchangedCounts } from '../core/events.js';
import { gatherFacts } from '../execute/gather-facts.js';
import { observe } from '../execute/observe.js';
import type { Host } from '../host/host.js';
import { unpackFiles } from '../host/tar.js';
import { createKubeApi } from '../kube/client.js';
import type { CertificateBundle } from '../pki/certificates.js';
import { isOwnAuthority } from '../pki/own-authority.js';
import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import type { ObservedCluster } from '../reconcile/observed.js';
import { stages, type Operation } from '../reconcile/operations.js';
import { withPortCheck } from '../reconcile/port-check.js';
import { planUp } from '../reconcile/plan-up.js';
import { isCopyable, withStateCopies } from '../reconcile/state-copy.js';
import { lockCluster } from '../state/lease-lock.js';
import { writeKubeconfig } from '../state/kubeconfig-file.js';
import { withDesired, withEncryption, withRolledOut } from '../state/next-state.js';
import { foldersOf, heedChecks, resultsOfChecks } from './checks/check-hosts.js';
import { checkCertificates } from './certificates/check-certificates.js';
import { checkPorts } from './checks/check-ports.js';
import { checkDockerVersions } from './checks/docker-versions.js';
import {
  encryptionOf,
  encryptionOperations,
  plannedSteps,
  refuseUnknownEncryption,
  withEncryptionFile,
} from './encryption/encryption-in-up.js';
import { finishedState, stateTexts } from './state/finished-state.js';
import { issueCertificates } from './certificates/issue-certificates.js';
import { planCluster } from './plan-cluster.js';
import { isRolledOut, rolloutOf } from './certificates/rollout.js';
import { runOperations } from './run-operations.js';
import { connect, openLockedSession, type ClusterOptions, type Session } from './session.js';
import { StateKeeper } from './state/state-keeper.js';
import { tolerateWorkers } from './unreachable.js';
import { refuseWindows } from './checks/windows-hosts.js';

export interface UpOptions extends ClusterOptions {
  /** Folder with the user's own certificates, which then take the place of all others. */
  readonly certDir?: string | undefined;
}

/** What a run did, for whoever called it. */
export interface RunResult {
  /** Operations done, and containers, files and add-ons that were as planned. */
  readonly done: number;
  readonly unchanged: UnchangedCounts;
  /** Path of the admin kubeconfig. */
  readonly kubeconfig: string;
  readonly clusterName: string;
  readonly hosts: number;
}

/**
 * `rke up`: brings a cluster to what its cluster.yml says; where nothing differs, does nothing.
 *
 * @throws ConfigError (exit 3), RkeError of state (4), RunFailedError for what went wrong on hosts (5 to 9), or the
 *   signal's reason when it was stopped. In every case the next call goes on from where this one ended.
 */
export async function runUp(options: UpOptions): Promise<RunResult> {
  const { events, signal, concurrency } = options;
  await using session = await openLockedSession(options, { forChange: true, command: 'rke up' });
  const { spec, catalog, paths, state } = session;
  if (state !== undefined && options.certDir === undefined) checkCertificates(state, session.store.location);
  events.emit({
    type: 'run-started',
    command: 'up',
    cluster: spec.clusterName,
    version: spec.kubernetesVersion,
    hosts: spec.nodes.length,
    config: options.configPath,
  });

  const issuing = issueCertificates(session, state, options);
  issuing.catch(() => undefined); // Looked at below; meanwhile a failure must not count as unhandled.
  // Certificates of the user's own with mistakes: nobody is contacted for them.
  if (options.certDir !== undefined || isOwnAuthority(state?.desiredState.certificatesBundle ?? {}))
    await issuing;
  await using hosts = await connect(session, options);
  const unreached = tolerateWorkers(spec.nodes, hosts);
  refuseWindows(hosts.facts);
  if (!spec.ignoreDockerVersion)
    checkDockerVersions(hosts.facts, catalog.dockerVersions(spec.kubernetesVersion), spec.kubernetesVersion);
  const certificates = await issuing;
  const encryption = encryptionOf(spec, state);

  const running = state?.currentState.rkeConfig;
  const planWith = (encryptionConfig: string): ClusterPlan =>
    planCluster(session, hosts.facts, { certificates, encryptionConfig }, running);
  const plan = planWith(encryption.text);
  await using kube = createKubeApi({
    controlPlanes: controlPlanesOf(session, hosts.hosts),
    certificates: adminOf(certificates),
  });
  await using _lease = await lockCluster({ ...session.lock, kube, events, signal });
  const [observed, facts] = await Promise.all([
    observe(plan, { hosts: hosts.hosts, facts: hosts.facts, kube, concurrency, signal, unpackFiles }),
    gatherFacts({
      hosts: hosts.hosts,
      folders: foldersOf(plan, hosts.facts),
      concurrency,
      signal,
      now: () => Date.now(),
    }),
  ]);
  if (state === undefined) refuseForeignCluster(observed, paths.state);
  else refuseUnknownEncryption(encryption, observed, paths.state);

  const rollout = withEncryptionFile(rolloutOf(state, certificates, new Date()), encryption);
  const hostChanges = planUp(plan, observed, Math.max(spec.addonJobTimeout, leastAddonSeconds), rollout);
  const steps = plannedSteps(encryption.steps, (text) => planWith(text).nodes);
  const secretChanges = encryptionOperations(steps, observed, hostChanges.operations);
  const changes = { ...hostChanges, operations: [...hostChanges.operations, ...secretChanges] };
  const wanted = withDesired(state, spec, { certificates, encryptionConfig: encryption.before.desired });
  const desired = withEncryption(wanted, encryption.before);
  const finished = withEncryption(finishedState(state, desired, changes), encryption.end);
  const texts = stateTexts(desired, finished, unreached.length === 0);
  if (!isCopyable(texts.after)) events.emit({ type: 'warning', message: tooLarge(paths.state) });
  const planned = withStateCopies(changes, texts, observed);
  const operations = options.disablePortCheck === true ? planned : withPortCheck(planned, plan, observed);
  events.emit({ type: 'plan-made', ...countsOf(operations.operations), unchanged: operations.unchanged });
  if (changes.operations.length > 0) {
    checkPorts(changes.operations, observed);
    const found = { spec, plan, observed, operations: changes.operations, facts, certificates, state };
    heedChecks(resultsOfChecks(found), events);
  }
  // On disk before the first host is changed: whatever happens then, no key is lost.
  const keeper = new StateKeeper(desired, { store: session.store, events, kube, signal });
  await keeper.save();
  await writeKubeconfig(paths.kubeconfig, certificates['kube-admin']?.config ?? '');
  await runOperations(operations, {
    hosts: hosts.hosts,
    kube,
    certificates,
    events,
    signal,
    concurrency,
    pullConcurrency: options.pullConcurrency,
    failures: unreached,
    // A host that was not reached then, or an add-on that failed, is no reason to restart everything again next time.
    onEnd: async (outcomes) => {
      if (rollout.isPending && isRolledOut(operations.operations, outcomes) && state !== undefined)
        await keeper.save(withRolledOut);
    },
    privateRegistries: spec.privateRegistries ?? [],
    recordEncryption: (pair) => keeper.recordEncryption(pair),
  });
  await keeper.save(() => finished);
  return {
    done: operations.operations.length,
    unchanged: operations.unchanged,
    kubeconfig: paths.kubeconfig,
    clusterName: spec.clusterName,
    hosts: spec.nodes.length,
  };
}

/** RKE's 45 s are for its deploy job alone; what is waited for here is that the add-on works. */
const leastAddonSeconds = 180;

const tooLarge = (file: string): string =>
  `the state is larger than the 1 MiB that a Secret may have, so the cluster keeps no copy of it: keep copies of ${file} elsewhere`;

/**
 * Without state every key would be new, and a cluster that runs on these hosts would be lost behind a CA that nobody
 * has. RKE went on here (cluster/state.go RebuildState).
 */
function refuseForeignCluster({ hosts }: ObservedCluster, stateFile: string): void {
  for (const [host, { containers }] of hosts) {
    const found = ['etcd', 'kube-apiserver', 'kubelet'].find((name) => containers.has(name));
    if (found === undefined) continue;
    throw stateError(
      'STATE_MISSING',
      `${host} already belongs to a cluster (it has a container ${found}), but ${stateFile} is not there`,
      {
        host,
        fix: `rebuild it with rke state recover, or put the cluster's state file at ${stateFile}; if the cluster is to be given up, take it off the hosts with rke remove`,
      },
    );
  }
}

/** Connected hosts with an API server. */
export function controlPlanesOf({ spec }: Session, hosts: ReadonlyMap<string, Host>): Host[] {
  return spec.nodes.flatMap(({ address, role }) => {
    const host = hosts.get(address);
    return host !== undefined && role.includes('controlplane') ? [host] : [];
  });
}

/** The administrator's certificate, by which we speak to the API. */
export function adminOf(bundle: CertificateBundle): { ca: string; cert: string; key: string } {
  return {
    ca: bundle['kube-ca']?.certificatePEM ?? '',
    cert: bundle['kube-admin']?.certificatePEM ?? '',
    key: bundle['kube-admin']?.keyPEM ?? '',
  };
}

/** How much there is to do, by stage. */
export function countsOf(operations: readonly Operation[]): {
  operations: number;
  stages: { stage: string; operations: number }[];
} {
  const found = stages.map((stage) => ({
    stage,
    operations: operations.filter((one) => one.stage === stage).length,
  }));
  return { operations: operations.length, stages: found.filter((one) => one.operations > 0) };
}
