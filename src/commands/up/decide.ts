import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { toHookNode, type HookNode } from '../../reconcile/kinds/hook-kinds.js';
import { isNewHost, type ObservedCluster } from '../../reconcile/observed.js';
import type { Operation } from '../../reconcile/operations.js';
import { planUp } from '../../reconcile/plan-up.js';
import {
  addonSeconds,
  defaultAddonWait,
  selectAddonWaits,
  unawaitedAddons,
  type AddonWait,
} from '../../reconcile/order/addon-waits.js';
import { oldSnapshotFault } from '../../reconcile/snapshots/snapshot-age.js';
import { addHooks } from '../../reconcile/order/add-hooks.js';
import { addPortCheck } from '../../reconcile/order/port-check.js';
import { isCopyable, addStateCopies } from '../../reconcile/intents/state-copy.js';
import type { Decision, DecisionWarning } from '../../run/apply.js';
import { clockResults } from '../../run/certificates/clock-checks.js';
import { keepHostCertificates } from '../../run/certificates/keep-host-certificates.js';
import { keptContainer } from '../../run/checks/foreign-containers.js';
import { rolloutOf } from '../../run/certificates/rollout.js';
import { failuresOf, resultsOfChecks, warningsOf } from '../../run/checks/check-hosts.js';
import {
  planEncryptionOperations,
  planSteps,
  withEncryptionFile,
} from '../../run/encryption/encryption-of-run.js';
import type { Session } from '../../run/session.js';
import { finishedState, stateTexts } from '../../run/state/finished-state.js';
import type { ReadCluster } from '../../run/with-cluster.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { withDesired, withEncryption } from '../../state/next-state.js';
import { listAddonWarnings, listKeptObjects } from './addon-warnings.js';
import { refuseMembership, warnOfUnknownMembers } from './membership-refusals.js';
import { refuseNetwork } from './network-refusals.js';
import { refuseLeaving, withoutNodes } from './leaving.js';
import { refuseOtherCluster } from './other-cluster.js';
import { refusePorts } from './port-refusals.js';
import { listVersionSkew, refuseVersionSkew } from './version-skew.js';
import { refuseUnavailableNodes } from './unavailable-nodes.js';
import { planUpdateOnly, refuseMixedVersions, warnOfUpdateOnly } from './update-only.js';
import { refuseWithoutMembers } from './unreached-refusals.js';
import { nameUpgradeSnapshot, warnOfExternalEtcd } from './upgrade-snapshot.js';
import type { PreparedUp } from './prepare.js';
import { decideStateAtEnd } from './state-at-end.js';
import { listReleaseNotes, refuseHelmReleases } from './release-checks.js';
import { refuseUnnamed, warnOfLeftOut } from './limited-nodes.js';
import { keepLeavingNodes, keepRecordedNodes } from './recorded-nodes.js';

/** Input of the decision what `rke up` does. */
export interface UpInput
  extends
    Pick<Session, 'spec' | 'state' | 'paths'>,
    Pick<PreparedUp, 'encryption' | 'planNodes' | 'limit'>,
    Partial<Pick<PreparedUp, 'hooks'>>,
    Pick<ReadCluster, 'plan' | 'observed' | 'facts' | 'dockerFacts' | 'certificates'> {
  readonly disablePortCheck: boolean;
  /** Add-ons to wait for; `cluster` by default. */
  readonly wait?: AddonWait | undefined;
  /** Deletes Namespaces that left the user add-ons with everything in them; false by default. */
  readonly pruneNamespaces?: boolean | undefined;
  /** Changes containers only on hosts that become workers. */
  readonly updateOnly?: boolean | undefined;
  /** Accepts versions that are too far apart. */
  readonly forceVersion?: boolean | undefined;
  /** Takes a snapshot of etcd before an upgrade of Kubernetes; true by default. */
  readonly snapshot?: boolean | undefined;
  /** Warning of APIs that the new version no longer serves and that are asked for. */
  readonly removedApis?: string | undefined;
  readonly now: Date;
}

export interface UpDecision extends Decision {
  /** Operations that change hosts or the cluster, without checks and the copy of the state. */
  readonly changes: readonly Operation[];
  /** True if every node of the state was reached: when all operations are done, the cluster is as desired. */
  readonly isWhole: boolean;
}

/** Decides what `rke up` does. Pure. @throws RkeError ADDON_UNKNOWN (exit 7) */
export function decideUp(input: UpInput): UpDecision {
  const { spec, state, paths, certificates, encryption, plan, observed, facts, now } = input;
  const rollout = withEncryptionFile(rolloutOf(state, certificates, now), encryption);
  const kept = keepHostCertificates(plan, observed, { spec, certificates, rollout, now });
  const rules = { prunesNamespaces: input.pruneNamespaces === true };
  const running = state?.currentState.rkeConfig;
  const only =
    input.updateOnly === true
      ? planUpdateOnly({
          ...{ spec, running, rollout },
          changesEncryption: encryption.steps.length > 0,
          changesNetwork: plan.networkChange !== undefined,
        })
      : undefined;
  const reduced = only?.newWorkers === undefined ? kept : { ...kept, onlyNewWorkers: only.newWorkers };
  const onHosts = selectAddonWaits(
    planUp(reduced, observed, addonSeconds(spec), rollout, rules, nameUpgradeSnapshot(input)),
    plan,
    input.wait ?? defaultAddonWait,
  );
  const steps = planSteps(encryption.steps, (text) => input.planNodes(input, text));
  const ofSecrets = planEncryptionOperations(steps, observed, onHosts.operations);
  const changes = { ...onHosts, operations: [...onHosts.operations, ...ofSecrets] };

  const { before, end } = encryption;
  const recorded = keepRecordedNodes(spec, state, observed.hosts);
  const desire = (wanted: ClusterSpec): ClusterState =>
    withEncryption(withDesired(state, wanted, { certificates, encryptionConfig: before.desired }), before);
  const leaving = (plan.leaving ?? []).map(({ node }) => node);
  const desired = desire(keepLeavingNodes(recorded, leaving, state));
  // What was left out is not claimed: the next run finds it in the desired state.
  const isLeftOut = (onHosts.leftOut ?? []).length > 0;
  const achieved = isLeftOut
    ? withoutNodes(desire(recorded), new Set(leaving.map(({ address }) => address)))
    : finishedState(state, desire(recorded), changes);
  const finished = withEncryption(achieved, end);
  const isWhole = recorded.nodes.every(({ address }) => observed.hosts.has(address));
  const texts = stateTexts(desired, finished, isWhole);
  const withCopies = addStateCopies(changes, texts, observed);
  const checkedPorts = input.disablePortCheck ? withCopies : addPortCheck(withCopies, plan, observed);
  const operations = addHooks(checkedPorts, {
    hooks: input.hooks ?? [],
    cluster: spec.clusterName,
    command: 'rke up',
    nodes: listHookNodes(plan, observed),
  });

  const checked = { spec, plan, observed, operations: changes.operations, facts, certificates, state };
  const results = changes.operations.length > 0 ? resultsOfChecks(checked) : clockResults(checked);
  const canBeCopied = isCopyable(texts.after);
  return {
    changes: changes.operations,
    operations,
    warnings: [
      ...listAddonWarnings(plan, observed).map((message) => ({ message })),
      ...listKeptObjects(plan, observed, rules).map((message) => ({ message })),
      ...(input.forceVersion === true ? listVersionSkew(plan, observed, changes.operations) : []).map(
        (message) => ({
          message,
        }),
      ),
      ...(input.snapshot !== false ? warnOfExternalEtcd(plan, observed, changes.operations) : []),
      ...(input.removedApis === undefined ? [] : [{ message: input.removedApis }]),
      ...(only === undefined ? [] : warnOfUpdateOnly(only, onHosts.leftOut)).map((message) => ({ message })),
      ...listReleaseNotes(plan, onHosts.operations).map((message) => ({ message })),
      ...warnOfUnknownMembers(plan, observed),
      ...warnOfLeftOut(input.limit, spec),
      ...warnOfOldSnapshots(plan, observed),
      ...(canBeCopied ? [] : [{ message: tooLarge(paths.state) }]),
      ...listForeign(plan, observed),
      ...warningsOf(results),
    ],
    unawaited: unawaitedAddons(plan, observed, changes.operations),
    refusals: [
      ...refuseNetwork(spec, plan, observed),
      ...refuseHelmReleases(plan, observed),
      ...refuseLeaving(plan, observed, facts),
      ...refuseOtherCluster(plan, observed, state),
      ...(input.forceVersion === true ? [] : refuseVersionSkew(plan, observed, changes.operations)),
      ...refuseWithoutMembers(plan, observed, changes.operations, {
        versions: [running?.kubernetesVersion, spec.kubernetesVersion],
        changesEncryption: encryption.steps.length > 0,
        rollout,
      }),
      ...(only === undefined ? [] : refuseMixedVersions(only, { spec, running })),
      ...refuseUnnamed(input.limit, spec, changes.operations),
      ...refuseUnavailableNodes(plan, observed, changes.operations, input.limit?.leftOut),
      ...refusePorts(changes.operations, observed),
      ...refuseMembership({ plan, observed, facts, state }),
      ...failuresOf(results),
    ],
    desired,
    finished,
    isWhole,
    stateAtEnd: decideStateAtEnd({
      operations: operations.operations,
      before: state,
      finished,
      lost: (plan.leaving ?? []).flatMap(({ isLost, node }) => (isLost === true ? [node.address] : [])),
      isWhole,
      isRollout: rollout.isPending && !isLeftOut,
      isCopyable: canBeCopied,
      hasEncryptionSteps: encryption.steps.length > 0,
    }),
  };
}

/** The nodes of a plan as hooks get to know them. */
function listHookNodes({ nodes, leaving = [] }: ClusterPlan, { hosts }: ObservedCluster): HookNode[] {
  const isNew = (address: string): boolean => {
    const host = hosts.get(address);
    return host !== undefined && isNewHost(host);
  };
  return [
    ...nodes.map(({ node }) => toHookNode(node, isNew(node.address) ? 'add' : 'change')),
    ...leaving.map(({ node }) => toHookNode(node, 'remove')),
  ];
}

/** Containers on hosts that leave, which are not of the cluster: they stay. */
function listForeign({ leaving = [] }: ClusterPlan, { hosts }: ObservedCluster): DecisionWarning[] {
  return leaving.flatMap(({ node: { address: host } }) =>
    (hosts.get(host)?.foreign ?? []).map(({ name, image }) => ({
      host,
      message: keptContainer(name, image),
    })),
  );
}

function warnOfOldSnapshots(plan: ClusterPlan, observed: ObservedCluster): DecisionWarning[] {
  const message = oldSnapshotFault(plan, observed);
  return message === undefined ? [] : [{ message }];
}

const tooLarge = (file: string): string =>
  `the state is larger than 1 MiB, the limit of a Secret, so the cluster has no copy of it; back up ${file}`;
