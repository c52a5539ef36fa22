import { RkeError } from '../../core/errors.js';
import { findBundleFaults } from '../../pki/check/bundle-faults.js';
import { describeBundle } from '../../pki/check/describe-bundle.js';
import { countDaysLeft, formatDay } from '../../pki/x509/validity.js';
import { clusterCas } from '../../pki/required/certificate-requests.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { decodeState } from '../../state/codec.js';
import { openState, requireState } from '../../run/state/open-state.js';
import type { StateFileOptions } from '../../run/state/state-options.js';
import { nodeFileSystem } from '../../state/file-system.js';
import type { FileStore } from '../../state/file-store.js';

/** The result of `rke state verify`. */
export interface StateReport {
  /** A run stops because of these. */
  readonly faults: readonly { readonly code: string; readonly message: string }[];
  /** A run continues with these, or fixes them. */
  readonly warnings: readonly string[];
}

export interface VerifyStateOptions extends StateFileOptions {
  /** Time against which the expiry of certificates is judged; now by default. */
  readonly now?: Date;
}

/**
 * `rke state verify`: checks the state file, the same way as `rke up`, and its history.
 *
 * @throws RkeError (exit 4) if the state is missing or cannot be read
 */
export async function verifyState({
  now = new Date(),
  ...options
}: VerifyStateOptions): Promise<StateReport> {
  const store = openState(options);
  const state = await requireState(store);
  const mode = (await nodeFileSystem.facts(store.location))?.mode ?? 0o600;
  return reportState(state, { store, mode, now });
}

async function reportState(
  state: ClusterState,
  { store, mode, now }: { readonly store: FileStore; readonly mode: number; readonly now: Date },
): Promise<StateReport> {
  const bundle = state.desiredState.certificatesBundle ?? {};
  return {
    faults: findBundleFaults(bundle).map(({ code, message }) => ({ code, message })),
    warnings: [
      ...checkMode(store.location, mode),
      ...(Object.keys(bundle).length === 0 ? ['the state has no certificates yet'] : []),
      ...describeBundle(bundle).flatMap((one) => {
        const { name, expires, isSignedHere } = one;
        const days = countDaysLeft(expires, now);
        // A custom CA may be signed by another one, which is not in the state.
        if (!isSignedHere && !clusterCas.some((ca) => ca.name === name))
          return [`${name} is not signed by a CA of this state`];
        if (days < 0) return [`${name} expired on ${formatDay(expires)}`];
        return days < 30 ? [`${name} expires in ${days} days, on ${formatDay(expires)}`] : [];
      }),
      ...(await checkHistory(store)),
    ],
  };
}

function checkMode(location: string, mode: number): string[] {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return [];
  return [
    `${location} is accessible to other users (mode 0${mode.toString(8)}): run \`chmod 600 ${location}\``,
  ];
}

async function checkHistory(store: FileStore): Promise<string[]> {
  const warnings: string[] = [];
  for (const path of await store.backups()) {
    try {
      const stored = await store.read(path);
      if (stored !== undefined) decodeState(stored.text, path);
    } catch (error) {
      if (!(error instanceof RkeError)) throw error;
      warnings.push(`history: ${error.message}`);
    }
  }
  return warnings;
}
