import { stateError } from '../../core/errors.js';
import { listCaWarnings, requireValidCas } from '../../pki/check/ca-expiry.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import { createHostCertificateCheck } from '../../pki/check/host-certificate.js';
import { createKeyFactory } from '../../pki/key-factory.js';
import { reconcileCertificates } from '../../pki/issue/reconcile-certificates.js';
import {
  findPendingNames,
  listRotatedNames,
  type RotatableService,
  type Rotation,
} from '../../pki/issue/rotation.js';
import { keepCertificates } from '../../reconcile/diff/file-content.js';
import { canAskApi, planRotation } from '../../reconcile/plan-rotation.js';
import type { OperationId } from '../../reconcile/operations.js';
import { isCopied, withStateCopies } from '../../reconcile/intents/state-copy.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { lockCluster } from '../../state/lease-lock.js';
import { withCertificates, withRolledOut } from '../../state/next-state.js';
import { certificatesReady } from '../../run/certificates/certificates-ready.js';
import { checkCertificates, checkSigning } from '../../run/certificates/check-certificates.js';
import { compareClocks } from '../../run/certificates/compare-clocks.js';
import { stateTexts } from '../../run/state/finished-state.js';
import { planCluster } from '../../run/plan-cluster.js';
import { isRolledOut, rolloutOf } from '../../run/certificates/rollout.js';
import { runOperations } from '../../run/run-operations.js';
import { createProbe } from '../../run/health-probe.js';
import { saveKubeconfig } from '../../run/save-kubeconfig.js';
import { survey } from '../../run/look.js';
import { openKube } from '../../run/open-kube.js';
import { resultOf, type RunResult } from '../../run/run-result.js';
import { tellPlan, tellStart } from '../../run/tell.js';
import { connect, openLockedSession, type ClusterOptions, type Session } from '../../run/session.js';
import { StateKeeper } from '../../run/state/state-keeper.js';
import { tolerateWorkers, withUnread } from '../../run/unreachable.js';
import { refuseForeignContainers } from '../../run/checks/foreign-containers.js';
import { refuseWindows } from '../../run/checks/windows-hosts.js';
import { refuseWipedMembers, startingEtcd } from '../../run/checks/wiped-members.js';

export interface RotateOptions extends ClusterOptions {
  /** Whose certificates; all where none is named. */
  readonly services: readonly RotatableService[];
  /** New authorities, and so everything. */
  readonly rotateCa: boolean;
  /** Time at which the certificates are made; now unless given. */
  readonly now?: Date;
}

/**
 * `rke cert rotate`: makes certificates anew, brings them to the hosts and restarts what reads them (RKE cmd/cert.go). Works
 * without an API and with certificates that have expired. Unlike RKE it restarts nothing else, one member of etcd and one
 * control plane at a time where that can be, waits for their health, and a second run completes what a first one did not.
 *
 * @throws as `runUp`; RkeError (exit 4) where there is no cluster, or no authority that can sign
 */
export async function runRotate(options: RotateOptions): Promise<RunResult> {
  const { events, signal } = options;
  const now = options.now ?? new Date();
  await using opened = await openLockedSession(options, {
    ...{ forChange: true, keepsNodes: true, command: 'rke cert rotate' },
  });
  const { store, paths, lock } = opened;
  const state = requireCluster(opened.state, store.location);
  if (!options.rotateCa) {
    checkCertificates(state, store.location);
    checkSigning(state);
    requireValidCas(state.desiredState.certificatesBundle ?? {}, now);
  }
  const session: Session = { ...opened, spec: asItRuns(opened.spec, state) };
  const { spec } = session;
  tellStart(options, 'cert rotate', spec);

  await using hosts = await connect(session, options);
  tolerateWorkers(spec.nodes, hosts);
  refuseWindows(hosts.facts, state);
  const { bundle, changes: issued } = await reconcileCertificates({
    spec,
    existing: state.desiredState.certificatesBundle,
    now,
    createKey: createKeyFactory(),
    rotation: rotationOf(session, state, options),
  });
  events.emit(certificatesReady(bundle, issued));
  for (const message of listCaWarnings(bundle, now)) events.emit({ type: 'warning', message });

  const encryptionConfig = state.currentState.encryptionConfig ?? '';
  const plan = planCluster(session, hosts.facts, { certificates: bundle, encryptionConfig });
  await using kube = openKube(session, hosts.hosts, bundle);
  await using lease = await lockCluster({ ...lock, kube, events, signal });
  const { observed, facts, folders } = await survey(plan, hosts, kube, options, createProbe(bundle));
  const unreached = tolerateWorkers(spec.nodes, withUnread(hosts, observed));
  refuseForeignContainers(plan, observed, 'rke cert rotate');
  const rollout = rolloutOf(state, bundle, new Date());
  const kept = keepCertificates(plan, observed, {
    isAsGood: createHostCertificateCheck(spec, bundle, now),
    names: Object.keys(bundle),
    rollout: rollout.files,
  });
  const changes = planRotation(kept, observed, rollout);
  refuseWipedMembers(state, { observed, facts, paths: folders, starting: startingEtcd(changes) });
  const desired = withCertificates(state, bundle);
  const finished = withRolledOut(desired);
  // Also without some workers: the state then says that the certificates are out, and what should be stays for the next run.
  const texts = stateTexts(desired, finished, true);
  const operations = canAskApi(changes, observed) ? withStateCopies(changes, texts, observed) : changes;
  tellPlan(options, operations);
  const found = { spec, plan, observed, operations: changes.operations, facts, certificates: bundle, state };
  compareClocks(found, events);

  // On disk before the first host is changed: a second run goes on from here.
  const keeper = new StateKeeper(desired, { store, events, kube, signal: lease.signal });
  await keeper.save();
  await saveKubeconfig(paths.kubeconfig, { spec, bundle, state, events });
  await runOperations(operations, {
    options: { ...options, signal: lease.signal },
    spec,
    hosts: hosts.hosts,
    kube,
    certificates: bundle,
    failures: unreached,
    onEnd: async (outcomes) => {
      const isOut = isRolledOut(operations.operations, outcomes);
      if (isOut) await keeper.save(() => finished);
      const isDone = (id: OperationId): boolean => outcomes.get(id)?.status === 'done';
      if (!isCopied(operations, isOut ? texts.after : texts.before, { observed, isDone }))
        await keeper.copy();
    },
  });
  if (rollout.newAuthority) events.emit({ type: 'warning', message: afterNewAuthority });
  return resultOf(operations, session);
}

const afterNewAuthority =
  'the cluster has a new authority: restart all pods that talk to the Kubernetes API (kubectl rollout restart …), they know the old one only; hand out the new kubeconfig, the old ones are void';

function requireCluster(state: ClusterState | undefined, location: string): ClusterState {
  if (state?.currentState.rkeConfig !== undefined) return state;
  throw stateError('NO_CLUSTER', `${location} knows of no finished cluster: there is nothing to rotate`, {
    fix: 'name the cluster file with --config, or make the cluster with rke up',
  });
}

/**
 * The cluster as it runs: hosts that cluster.yml has but that have not joined get no certificates by a rotation, and those
 * that are still to leave keep theirs (RKE takes the running configuration, too, cluster/certificates.go).
 */
function asItRuns(spec: Session['spec'], { currentState }: ClusterState): Session['spec'] {
  const known = new Map(spec.nodes.map((node) => [node.address, node]));
  const nodes = currentState.rkeConfig?.nodes.map((node) => {
    const { role } = node;
    return { ...node, ...known.get(node.address), role };
  });
  return nodes === undefined ? spec : { ...spec, nodes };
}

/** What is pending from a run that did not finish is new already: it is only brought to the hosts. */
function rotationOf(
  { spec }: Session,
  { currentState, desiredState }: ClusterState,
  { services, rotateCa }: RotateOptions,
): Rotation {
  const bundle: CertificateBundle = desiredState.certificatesBundle ?? {};
  const pending = findPendingNames(currentState.certificatesBundle, bundle);
  if (rotateCa) return { includesCas: !pending.has('kube-ca'), names: new Set() };
  const names = [...listRotatedNames(spec, services)].filter((name) => !pending.has(name));
  return { includesCas: false, names: new Set(names) };
}
