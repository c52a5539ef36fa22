import { stateError } from '../../core/errors.js';
import { listCaWarnings, requireValidCas } from '../../pki/check/ca-expiry.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import { createKeyFactory } from '../../pki/key-factory.js';
import { reconcileCertificates } from '../../pki/issue/reconcile-certificates.js';
import {
  findPendingNames,
  listRotatedNames,
  type RotatableService,
  type Rotation,
} from '../../pki/issue/rotation.js';
import { isCopied, addStateCopies } from '../../reconcile/intents/state-copy.js';
import { canAskApi, planRotation } from '../../reconcile/plan-rotation.js';
import { apply, type Decision } from '../../run/apply.js';
import { certificatesReady } from '../../run/certificates/certificates-ready.js';
import { checkCertificates, checkSigning } from '../../run/certificates/check-certificates.js';
import { clockResults } from '../../run/certificates/clock-checks.js';
import { keepHostCertificates } from '../../run/certificates/keep-host-certificates.js';
import { isRolledOut, rolloutOf, type CertificateRollout } from '../../run/certificates/rollout.js';
import { failuresOf, warningsOf } from '../../run/checks/check-hosts.js';
import { refuseWipedMembers, listEtcdStarts } from '../../run/checks/wiped-members.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { planCluster } from '../../run/plan-cluster.js';
import type { RunResult } from '../../run/apply.js';
import { emitRunStarted } from '../../run/run-events.js';
import { limitRun } from '../../run/limit-run.js';
import { openLockedSession, type LockedSession, type Session } from '../../run/session.js';
import { stateTexts } from '../../run/state/finished-state.js';
import { throwMissing } from '../../run/state/open-state.js';
import { withCluster, type ObservedRun } from '../../run/with-cluster.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { withCertificates, withRolledOut } from '../../state/next-state.js';

export interface RotateCertificatesOptions extends ClusterOptions {
  /** Services whose certificates are reissued; all of them by default, and if it is empty. */
  readonly services?: readonly RotatableService[];
  /** Replaces the CAs, and so every certificate. */
  readonly rotateCa?: boolean;
  /** Time of issue of the certificates; now by default. */
  readonly now?: Date;
}

/**
 * `rke cert rotate`: reissues certificates, writes them to the hosts and restarts what reads them (RKE cmd/cert.go). Works
 * without an API and with expired certificates. Unlike RKE v1 it restarts nothing else, restarts one etcd member and one control
 * plane at a time if possible, and waits until each is healthy. A second run completes an interrupted one.
 *
 * @throws as `up`; RkeError (exit 4) if there is no cluster, or no CA that can sign
 */
export function rotateCertificates(options: RotateCertificatesOptions): Promise<RunResult> {
  return limitRun(options, rotate);
}

async function rotate(options: RotateCertificatesOptions): Promise<RunResult> {
  const now = options.now ?? new Date();
  await using opened = await openLockedSession(options, {
    ...{ forChange: true, keepsNodes: true, command: 'rke cert rotate' },
  });
  const state = requireCluster(opened.state, opened.store.location);
  if (options.rotateCa !== true) {
    checkCertificates(state, opened.store.location);
    checkSigning(state);
    requireValidCas(state.desiredState.certificatesBundle ?? {}, now);
  }
  const session: LockedSession = { ...opened, spec: toRunningSpec(opened.spec, state) };
  emitRunStarted(options, 'cert rotate', session.spec);

  const certificates = reissueCertificates(session, state, options, now);
  const encryptionConfig = state.currentState.encryptionConfig ?? '';
  return await withCluster(
    session,
    options,
    {
      command: 'rke cert rotate',
      purpose: 'change',
      certificates,
      plan: (facts, bundle) => planCluster(session, facts, { certificates: bundle, encryptionConfig }),
    },
    async (cluster) => {
      const rollout = rolloutOf(state, cluster.certificates, new Date());
      const result = await apply(cluster, decideRotate(cluster, state, rollout, now));
      if (rollout.hasNewCa) options.events.emit({ type: 'warning', message: afterNewCa });
      return result;
    },
  );
}

async function reissueCertificates(
  session: Session,
  state: ClusterState,
  options: RotateCertificatesOptions,
  now: Date,
): Promise<CertificateBundle> {
  const { events } = options;
  const { bundle, changes } = await reconcileCertificates({
    spec: session.spec,
    existing: state.desiredState.certificatesBundle,
    now,
    createKey: createKeyFactory(),
    rotation: chooseRotation(session, state, options),
  });
  events.emit(certificatesReady(bundle, changes));
  for (const message of listCaWarnings(bundle, now)) events.emit({ type: 'warning', message });
  return bundle;
}

/** @throws RunFailedError ETCD_DATA_GONE (exit 8) if a stopped etcd member would start without its data */
function decideRotate(
  { session, plan, observed, facts, dataDirs, certificates }: ObservedRun,
  state: ClusterState,
  rollout: CertificateRollout,
  now: Date,
): Decision {
  const { spec } = session;
  const kept = keepHostCertificates(plan, observed, { spec, certificates, rollout, now });
  const changes = planRotation(kept, observed, rollout);
  refuseWipedMembers(state, { observed, facts, paths: dataDirs, starting: listEtcdStarts(changes) });
  const desired = withCertificates(state, certificates);
  const finished = withRolledOut(desired);
  // Without some workers, too, the state records the certificates as rolled out; the next run writes them to the others.
  const texts = stateTexts(desired, finished, true);
  const operations = canAskApi(changes, observed) ? addStateCopies(changes, texts, observed) : changes;
  const checks = clockResults({
    ...{ spec, plan, observed, facts, certificates, state },
    operations: changes.operations,
  });
  return {
    operations,
    warnings: warningsOf(checks),
    refusals: failuresOf(checks),
    desired,
    finished,
    stateAtEnd: ({ outcomes }) => {
      const isOut = isRolledOut(operations.operations, outcomes);
      const isDone = (id: string): boolean => outcomes.get(id)?.status === 'done';
      return {
        ...(isOut ? { change: () => finished } : {}),
        needsCopy: !isCopied(operations, isOut ? texts.after : texts.before, { observed, isDone }),
      };
    },
  };
}

const afterNewCa =
  'the cluster has a new CA: restart all pods that use the Kubernetes API, because they trust only the old one (`kubectl rollout restart deployment -n NAMESPACE`, the same for daemonset and statefulset), and distribute the new kubeconfig, because old ones no longer work';

function requireCluster(state: ClusterState | undefined, location: string): ClusterState {
  if (state === undefined) throwMissing({ location });
  if (state.currentState.rkeConfig !== undefined) return state;
  throw stateError(
    'NO_CLUSTER',
    `${location} has no finished cluster, so there are no certificates to rotate`,
    {
      fix: 'finish the cluster with `rke up`, or set another cluster file with --config',
    },
  );
}

/**
 * The spec with the nodes of the running cluster: a rotation issues no certificates for nodes of cluster.yml that have not
 * joined yet, and still includes nodes that are to be removed (RKE uses the running configuration, too,
 * cluster/certificates.go).
 */
function toRunningSpec(spec: Session['spec'], { currentState }: ClusterState): Session['spec'] {
  const known = new Map(spec.nodes.map((node) => [node.address, node]));
  const nodes = currentState.rkeConfig?.nodes.map((node) => {
    const { role } = node;
    return { ...node, ...known.get(node.address), role };
  });
  return nodes === undefined ? spec : { ...spec, nodes };
}

/** Chooses what to reissue. Certificates pending from an unfinished run are new already: they are only written to the hosts. */
function chooseRotation(
  { spec }: Session,
  { currentState, desiredState }: ClusterState,
  { services = [], rotateCa = false }: RotateCertificatesOptions,
): Rotation {
  const bundle: CertificateBundle = desiredState.certificatesBundle ?? {};
  const pending = findPendingNames(currentState.certificatesBundle, bundle);
  if (rotateCa) return { includesCas: !pending.has('kube-ca'), names: new Set() };
  const names = [...listRotatedNames(spec, services)].filter((name) => !pending.has(name));
  return { includesCas: false, names: new Set(names) };
}
