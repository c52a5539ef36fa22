import type { RestoredSnapshot } from '../../reconcile/restore/restore-containers.js';
import type { ClusterState, RestoreMark, StateStore } from '../../state/cluster-state.js';

/** The state from the moment on in which the data of etcd is replaced. @param before the state before any restore was started */
export const markStarted = (
  state: ClusterState,
  snapshot: RestoredSnapshot,
  before: ClusterState | undefined,
): ClusterState => mark(state, snapshot, before);

/**
 * The state while the cluster grows around the first member. The hosts settle before it is replaced: a run that fails in between, e.g.
 * because a worker was not reached, must not restore again.
 */
export const markAccepted: typeof markStarted = (state, snapshot, before) =>
  mark(state, { ...snapshot, accepted: true }, before);

const mark = (
  state: ClusterState,
  restore: Omit<RestoreMark, 'before'>,
  before: ClusterState | undefined,
): ClusterState => ({ ...state, restore: { ...restore, ...(before === undefined ? {} : { before }) } });

/** The state of a cluster without the mark of an unfinished restore. */
export function withoutMark(state: ClusterState): ClusterState {
  return Object.fromEntries(
    Object.entries(state).filter(([name]) => name !== 'restore'),
  ) as unknown as ClusterState;
}

/** The state before any restore was started. */
export const stateBefore = (local: ClusterState | undefined): ClusterState | undefined =>
  local?.restore === undefined ? local : local.restore.before;

/** Brings the state before a restore back. @param before undefined if there was none */
export async function restoreState(store: StateStore, before: ClusterState | undefined): Promise<void> {
  if (before === undefined) await store.remove();
  else await store.save(before);
}
