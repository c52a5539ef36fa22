import { RkeError } from '../../core/errors.js';
import { findBundleFaults } from '../../pki/check/bundle-faults.js';
import { describeBundle } from '../../pki/check/describe-bundle.js';
import { clusterCas } from '../../pki/required/certificate-requests.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { decodeState } from '../../state/codec.js';
import { openState, requireState, type StateFileOptions } from '../../run/state/open-state.js';
import { nodeFileSystem } from '../../state/file-system.js';
import type { FileStore } from '../../state/file-store.js';

/** What `rke state verify` found. */
export interface StateReport {
  /** A run would stop because of these. */
  readonly faults: readonly { readonly code: string; readonly message: string }[];
  /** A run would go on, or mend it. */
  readonly warnings: readonly string[];
}

/**
 * `rke state verify`: checks the state file as `rke up` would, and its history.
 *
 * @param now for the expiry of certificates
 * @throws RkeError (exit 4) if there is no state, or it cannot be read
 */
export async function verifyStateFile(options: StateFileOptions, now: Date): Promise<StateReport> {
  const store = openState(options);
  const state = await requireState(store);
  const mode = (await nodeFileSystem.facts(store.location))?.mode ?? 0o600;
  return verifyState(state, { store, mode, now });
}

async function verifyState(
  state: ClusterState,
  { store, mode, now }: { readonly store: FileStore; readonly mode: number; readonly now: Date },
): Promise<StateReport> {
  const bundle = state.desiredState.certificatesBundle ?? {};
  return {
    faults: findBundleFaults(bundle).map(({ code, message }) => ({ code, message })),
    warnings: [
      ...modeWarnings(store.location, mode),
      ...(Object.keys(bundle).length === 0 ? ['the state has no certificates yet'] : []),
      ...describeBundle(bundle).flatMap((one) => {
        const { name, expires, isSignedHere } = one;
        const days = daysLeft(expires, now);
        // A user's own authority may be signed by another one, which is nowhere here.
        if (!isSignedHere && !clusterCas.some((authority) => authority.name === name))
          return [`${name} is not signed by a CA of this state`];
        if (days < 0) return [`${name} has expired on ${dayOf(expires)}`];
        return days < 30 ? [`${name} expires in ${days} days, on ${dayOf(expires)}`] : [];
      }),
      ...(await historyWarnings(store)),
    ],
  };
}

export function daysLeft(expires: Date, now: Date): number {
  return Math.floor((expires.getTime() - now.getTime()) / 86_400_000);
}

/** `2026-11-21`, in UTC. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

function modeWarnings(location: string, mode: number): string[] {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return [];
  return [`${location} can be read or written by others (mode 0${mode.toString(8)}): chmod 600 ${location}`];
}

async function historyWarnings(store: FileStore): Promise<string[]> {
  const warnings: string[] = [];
  for (const path of await store.backups()) {
    try {
      const stored = await store.read(path);
      if (stored !== undefined) decodeState(stored.text, path);
    } catch (error) {
      if (!(error instanceof RkeError)) throw error;
      warnings.push(`of the history, ${error.message}`);
    }
  }
  return warnings;
}
