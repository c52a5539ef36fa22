import { openState, requireState } from '../../run/state/open-state.js';
import type { StateFileOptions } from '../../run/state/state-options.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { redactState } from './redact-state.js';

/** A state for printing. */
export interface ShownState {
  /** Without keys, passwords and tokens. */
  readonly state: ClusterState;
  readonly location: string;
  readonly isEncrypted: boolean;
}

/** `rke state show`: reads the state without its secrets. @throws RkeError (exit 4) if the state is missing or cannot be read */
export async function showState(options: StateFileOptions): Promise<ShownState> {
  const store = openState(options);
  const { location } = store;
  const state = redactState(await requireState(store));
  return { state, location, isEncrypted: (await store.read(location))?.isSealed === true };
}
