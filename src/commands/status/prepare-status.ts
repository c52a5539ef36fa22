import { RkeError } from '../../core/errors.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { planCluster } from '../../run/plan-cluster.js';
import { openSession, type Session } from '../../run/session.js';
import type { ClusterNeeds } from '../../run/with-cluster.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { prepareUp, type PreparedUp } from '../up/prepare.js';

/** What is known of a cluster before a host is contacted. */
export interface PreparedStatus {
  readonly session: Session;
  readonly needs: ClusterNeeds;
  /** For the pending changes; the error if `rke up` could not even be prepared. */
  readonly up: PreparedUp | RkeError;
}

/**
 * Prepares to read a cluster like `rke plan` does. If cluster.yml cannot be applied, its user add-ons cannot be read or its
 * certificates cannot be issued, the cluster is read as it is: only its pending changes are unknown.
 *
 * @returns undefined if there is no state: the cluster was not created yet
 * @throws ConfigError (exit 3) or RkeError of the state (4) if nothing can be read
 */
export async function prepareStatus(options: ClusterOptions): Promise<PreparedStatus | Session> {
  try {
    const session = await openSession(options, { forChange: true });
    if (session.state === undefined) return session;
    const up = await prepareUp(session, options, 'plan');
    // What stops `rke up` does not stop a look.
    return { session, needs: { ...up.needs, ...reading, checkDocker: () => undefined }, up };
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof RkeError)) throw error;
    const session = await openSession(options, { forChange: false });
    if (session.state === undefined) return session;
    return { session, needs: { ...needsOf(session, session.state), ...reading }, up: error };
  }
}

/** Any host will do, and the API is read. */
const reading = { command: 'rke status', purpose: 'list', toleratesWindows: true } as const;

/** The cluster with the certificates and the encryption of its state, without user add-ons. */
function needsOf(session: Session, { desiredState, currentState }: ClusterState): ClusterNeeds {
  const encryptionConfig = currentState.encryptionConfig ?? '';
  return {
    ...reading,
    certificates: desiredState.certificatesBundle ?? {},
    plan: (facts, certificates) =>
      planCluster(session, facts, { certificates, encryptionConfig }, currentState.rkeConfig),
  };
}

export const isPrepared = (prepared: PreparedStatus | Session): prepared is PreparedStatus =>
  'needs' in prepared;
