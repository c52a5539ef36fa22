import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { HookSpec } from '../../config/hook-spec.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import { isCustomCa } from '../../pki/bundle/custom-ca.js';
import { planNetworkChange } from '../../plan/addons/network-change.js';
import { listLeavingNodes, planLeavingNodes } from '../../plan/leaving-nodes.js';
import type { ClusterPlan, NodePlan } from '../../plan/cluster-plan-types.js';
import type { HostFacts } from '../../plan/host-context.js';
import { loadUserAddons } from '../../run/addons/load-user-addons.js';
import { checkCertificates } from '../../run/certificates/check-certificates.js';
import { planEncryption, type RunEncryption } from '../../run/encryption/encryption-of-run.js';
import type { ClusterOptions, HooksOption } from '../../run/cluster-options.js';
import { loadHooks } from '../../run/hooks/load-hooks.js';
import type { AddonWait } from '../../reconcile/order/addon-waits.js';
import { planCluster } from '../../run/plan-cluster.js';
import { emitRunStarted } from '../../run/run-events.js';
import type { Session } from '../../run/session.js';
import type { ClusterNeeds } from '../../run/with-cluster.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { refuseDockerVersions } from './docker-versions.js';
import { issueCertificates } from './issue-certificates.js';
import { limitNodes, type NodeLimit } from './limited-nodes.js';

/** Options of a plan, which `rke up` has as well. */
export interface PlanOptions extends ClusterOptions, HooksOption {
  /** Directory with custom certificates, which then replace all others. */
  readonly certDir?: string | undefined;
  /** Changes the network plugin if cluster.yml has another one; the network of pods is interrupted. */
  readonly allowNetworkChange?: boolean | undefined;
  /** Accepts a Kubernetes version that skips a minor, is older, or is too far from the kubelets. */
  readonly forceVersion?: boolean | undefined;
  /** Names or addresses of the nodes that may be changed; by default all. */
  readonly nodes?: readonly string[] | undefined;
  /** Takes a snapshot of etcd before Kubernetes is upgraded; true by default. */
  readonly snapshot?: boolean | undefined;
  /** Add-ons to wait for: those that a cluster needs (`cluster`, the default), `all` or `none`. */
  readonly wait?: AddonWait | undefined;
  /** Deletes Namespaces that left the user add-ons with everything in them. */
  readonly pruneNamespaces?: boolean | undefined;
  /** How long the pods of a node may take to leave it; by default what `node_drain_input` has. */
  readonly drainTimeoutSeconds?: number | undefined;
  /** Changes containers only on hosts that become workers (`--update-only` of RKE v1). */
  readonly updateOnly?: boolean | undefined;
  /** Continues without etcd and control-plane hosts that the cluster has and that cannot be reached. */
  readonly ignoreUnreachable?: boolean | undefined;
  /** Addresses of nodes that left cluster.yml and are gone for good if their hosts cannot be reached. */
  readonly abandoned?: readonly string[] | undefined;
}

interface FoundOnHosts {
  readonly dockerFacts: ReadonlyMap<string, HostFacts>;
  readonly certificates: CertificateBundle;
}

/** What `rke up` prepares before it contacts a host. */
export interface PreparedUp {
  readonly needs: ClusterNeeds;
  readonly encryption: RunEncryption;
  /** Nodes that the run is limited to; undefined if it is not. */
  readonly limit?: NodeLimit | undefined;
  /** Hooks of the user. */
  readonly hooks: readonly HookSpec[];
  /** Plans the nodes with a text of the EncryptionConfiguration, for the steps of an encryption change. */
  readonly planNodes: (found: FoundOnHosts, encryptionConfig: string) => readonly NodePlan[];
}

/**
 * Checks the state, and starts issuing certificates: new keys are created while the hosts are connected to.
 *
 * @param command that the user calls: `plan` only describes what `up` would do
 * @throws RkeError (exit 4) for a state or custom certificates that cannot be used
 */
export async function prepareUp(
  session: Session,
  options: PlanOptions,
  command: 'up' | 'plan' = 'up',
): Promise<PreparedUp> {
  const { spec, catalog, state, store } = session;
  const { certDir } = options;
  if (state !== undefined && certDir === undefined) checkCertificates(state, store.location);
  const running = state?.currentState.rkeConfig;
  const before = { running, begun: state?.desiredState.rkeConfig };
  const leaving = listLeavingNodes(spec, before);
  const limit = limitNodes(spec, options.nodes, leaving);
  const leftOut = limit?.leftOut ?? new Set();
  const hooks = await loadHooks(options.hooksFile, [...spec.nodes, ...leaving]);
  const userAddons = await loadUserAddons(session, options);
  emitRunStarted(options, command, {
    ...spec,
    nodes: spec.nodes.filter(({ address }) => !leftOut.has(address)),
  });
  const encryption = planEncryption(spec, state);

  const certificates = issueCertificates(session, state, options);
  // Invalid custom certificates stop the run before a host is contacted.
  if (certDir !== undefined || isCustomCa(state?.desiredState.certificatesBundle ?? {})) await certificates;

  const earlier = listEarlierSpecs(state);
  const abandoned = new Set(options.abandoned);
  const planWith = ({ dockerFacts, certificates: bundle }: FoundOnHosts, encryptionConfig: string) =>
    withNetworkChange(
      planCluster(
        session,
        dockerFacts,
        { certificates: bundle, encryptionConfig, earlier, userAddons },
        running,
      ),
    );
  const withNetworkChange = (plan: ClusterPlan): ClusterPlan =>
    options.allowNetworkChange === true
      ? { ...plan, networkChange: planNetworkChange(spec, earlier, catalog) }
      : plan;
  const needs: ClusterNeeds = {
    command: `rke ${command}`,
    purpose: 'change',
    leaving,
    abandoned,
    ignoresUnreachable: options.ignoreUnreachable ?? false,
    leftOut,
    certificates,
    checkDocker: (facts) => {
      if (spec.ignoreDockerVersion) return;
      const stays = ([host]: readonly [string, unknown]): boolean =>
        !leaving.some(({ address }) => address === host);
      refuseDockerVersions(
        new Map([...facts].filter(stays)),
        catalog.dockerVersions(spec.kubernetesVersion),
        spec.kubernetesVersion,
      );
    },
    plan: (dockerFacts, bundle) => ({
      ...withDrainTimeout(planWith({ dockerFacts, certificates: bundle }, encryption.text), options),
      ...(leaving.length === 0
        ? {}
        : { leaving: planLeavingNodes(leaving, dockerFacts, { spec, ...before }, abandoned) }),
    }),
  };
  return { needs, encryption, limit, hooks, planNodes: (found, text) => planWith(found, text).nodes };
}

function withDrainTimeout(
  { rolling, ...plan }: ClusterPlan,
  { drainTimeoutSeconds: timeoutSeconds }: PlanOptions,
): ClusterPlan {
  if (rolling === undefined || timeoutSeconds === undefined) return { ...plan, ...(rolling && { rolling }) };
  return { ...plan, rolling: { ...rolling, drain: { ...rolling.drain, timeoutSeconds } } };
}

/** Lists the configurations of earlier runs. That of an unfinished run is only in `desiredState`. */
function listEarlierSpecs(state: ClusterState | undefined): ClusterSpec[] {
  return [state?.currentState.rkeConfig, state?.desiredState.rkeConfig].filter((spec) => spec !== undefined);
}
