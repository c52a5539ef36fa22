import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { FirstMember } from '../../reconcile/restore/choose-first.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { checkSource, invalidCluster } from '../../run/cluster-source.js';
import type { ObservedRun } from '../../run/with-cluster.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { encryptionPair, withDesired } from '../../state/next-state.js';
import { issueCertificates } from '../up/issue-certificates.js';
import { stateBefore, withoutMark } from './restore-mark.js';
import { chooseState, refuseNewer, refuseOtherCluster } from './restored-state.js';

export interface RestoredStateOptions extends ClusterOptions {
  /** Uses the state of this machine instead of that in the archive. */
  readonly useLocalState?: boolean | undefined;
  /** Directory with custom certificates, which then replace all others. */
  readonly certDir?: string | undefined;
}

/** The state that the restored cluster continues from: keys of the snapshot, nodes and settings of cluster.yml. */
export async function decideRestoredState(
  { session, observed }: ObservedRun,
  options: RestoredStateOptions,
  name: string,
  first: FirstMember,
): Promise<ClusterState> {
  const { spec, state: local, store } = session;
  const { location } = store;
  // An earlier run has started with it: new certificates are issued once.
  if (local?.restore?.id === first.found.id) return withoutMark(local);
  const usesLocal = options.useLocalState === true;
  const before = stateBefore(local);
  const chosen = chooseState({ snapshot: { name }, first, local: before, usesLocal, location });
  refuseOtherCluster({ chosen, local: before, observed, location });
  const config = chosen.currentState.rkeConfig ?? chosen.desiredState.rkeConfig;
  refuseNewer(config, spec);
  judgeChanges(session, options, config);
  const certificates = await issueCertificates({ spec }, chosen, options);
  const { desired: encryptionConfig, current } = encryptionPair(chosen);
  const base: ClusterState = {
    ...chosen,
    currentState: current === '' ? {} : { encryptionConfig: current },
  };
  return withDesired(base, spec, { certificates, encryptionConfig });
}

/**
 * Refuses values of cluster.yml that the cluster of the snapshot cannot take, such as another range of Services. Its nodes may be others.
 *
 * @throws ConfigError (exit 3)
 */
function judgeChanges(
  session: ObservedRun['session'],
  options: RestoredStateOptions,
  before: ClusterSpec | undefined,
): void {
  const { source, catalog, spec } = session;
  const loaded = checkSource(source, {
    ...options.reading,
    ...(before === undefined ? {} : { running: { ...before, nodes: spec.nodes } }),
    catalog,
    forChange: true,
    judgeChanges: true,
    sshAgentAuth: options.sshAgentAuth,
  });
  if (!loaded.ok) throw invalidCluster(source, loaded.diagnostics);
}
