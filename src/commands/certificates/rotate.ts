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
import { isCopied, addStateCopies } from '../../reconcile/intents/state-copy.js';
import { canAskApi, planRotation } from '../../reconcile/plan-rotation.js';
import { apply, type Decision } from '../../run/apply.js';
import { certificatesReady } from '../../run/certificates/certificates-ready.js';
import { checkCertificates, checkSigning } from '../../run/certificates/check-certificates.js';
import { clockResults } from '../../run/certificates/clock-checks.js';
import { isRolledOut, rolloutOf, type CertificateRollout } from '../../run/certificates/rollout.js';
import { failuresOf, warningsOf } from '../../run/checks/check-hosts.js';
import { refuseWipedMembers, startingEtcd } from '../../run/checks/wiped-members.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { planCluster } from '../../run/plan-cluster.js';
import type { RunResult } from '../../run/result.js';
import { emitRunStarted } from '../../run/run-events.js';
import { openLockedSession, type LockedSession, type Session } from '../../run/session.js';
import { stateTexts } from '../../run/state/finished-state.js';
import { withCluster, type ObservedRun } from '../../run/with-cluster.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { withCertificates, withRolledOut } from '../../state/next-state.js';

export interface RotateOptions extends ClusterOptions {
  /** Services whose certificates are reissued; all if empty. */
  readonly services: readonly RotatableService[];
  /** Replaces the CAs, and so every certificate. */
  readonly rotateCa: boolean;
  /** Time of issue of the certificates; now by default. */
  readonly now?: Date;
}

/**
 * `rke cert rotate`: reissues certificates, brings them to the hosts and restarts what reads them (RKE cmd/cert.go). Works
 * without an API and with expired certificates. Unlike RKE v1 it restarts nothing else, one etcd member and one control plane
 * at a time if possible, waits until each is healthy, and a second run completes what the first one did not.
 *
 * @throws as `runUp`; RkeError (exit 4) if there is no cluster, or no CA that can sign
 */
export async function runRotate(options: RotateOptions): Promise<RunResult> {
  const now = options.now ?? new Date();
  await using opened = await openLockedSession(options, {
    ...{ forChange: true, keepsNodes: true, command: 'rke cert rotate' },
  });
  const state = requireCluster(opened.state, opened.store.location);
  if (!options.rotateCa) {
    checkCertificates(state, opened.store.location);
    checkSigning(state);
    requireValidCas(state.desiredState.certificatesBundle ?? {}, now);
  }
  const session: LockedSession = { ...opened, spec: asItRuns(opened.spec, state) };
  emitRunStarted(options, 'cert rotate', session.spec);

  const certificates = reissueCertificates(session, state, options, now);
  certificates.catch(() => undefined); // Awaited by withCluster; until then a failure is not unhandled.
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
      if (rollout.newAuthority) options.events.emit({ type: 'warning', message: afterNewAuthority });
      return result;
    },
  );
}

async function reissueCertificates(
  session: Session,
  state: ClusterState,
  options: RotateOptions,
  now: Date,
): Promise<CertificateBundle> {
  const { events } = options;
  const { bundle, changes } = await reconcileCertificates({
    spec: session.spec,
    existing: state.desiredState.certificatesBundle,
    now,
    createKey: createKeyFactory(),
    rotation: rotationOf(session, state, options),
  });
  events.emit(certificatesReady(bundle, changes));
  for (const message of listCaWarnings(bundle, now)) events.emit({ type: 'warning', message });
  return bundle;
}

/** @throws RunFailedError ETCD_DATA_GONE (exit 8) if a stopped etcd member would start without its data */
function decideRotate(
  { session, plan, observed, facts, folders, certificates }: ObservedRun,
  state: ClusterState,
  rollout: CertificateRollout,
  now: Date,
): Decision {
  const { spec } = session;
  const kept = keepCertificates(plan, observed, {
    isAsGood: createHostCertificateCheck(spec, certificates, now),
    names: Object.keys(certificates),
    rollout: rollout.files,
  });
  const changes = planRotation(kept, observed, rollout);
  refuseWipedMembers(state, { observed, facts, paths: folders, starting: startingEtcd(changes) });
  const desired = withCertificates(state, certificates);
  const finished = withRolledOut(desired);
  // Also without some workers: the state then says that the certificates are out; the next run brings them to the rest.
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

const afterNewAuthority =
  'the cluster has a new CA: restart all pods that use the Kubernetes API (kubectl rollout restart …), because they trust only the old one; replace all kubeconfigs that you handed out';

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
