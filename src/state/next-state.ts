import type { ClusterSpec } from '../config/cluster-spec.js';
import { isRecord } from '../core/stable.js';
import type { CertificateBundle } from '../pki/certificates.js';
import type { EncryptionPair } from '../plan/encryption/encryption-step.js';
import type { ClusterState, StateHalf } from './cluster-state.js';
import { withFixed } from './codec.js';

interface Secrets {
  readonly certificates: CertificateBundle;
  /** Empty if Secrets are not encrypted. */
  readonly encryptionConfig: string;
}

/** The state before a run: a new desired state; unknown members of RKE v1 or a later version are kept. */
export function withDesired(
  state: ClusterState | undefined,
  spec: ClusterSpec,
  { certificates, encryptionConfig }: Secrets,
): ClusterState {
  const before = state?.desiredState ?? {};
  return {
    ...state,
    desiredState: {
      ...(encryptionConfig === '' ? withoutEncryption(before) : before),
      rkeConfig: inOrderOf(before.rkeConfig, withFixed(spec)),
      certificatesBundle: certificates,
      ...(encryptionConfig === '' ? {} : { encryptionConfig }),
    },
    currentState: state?.currentState ?? {},
  };
}

/** The state after a finished run: the desired state is the current one. */
export function withCurrent(state: ClusterState): ClusterState {
  return { ...state, currentState: { ...unknownMembers(state.currentState), ...state.desiredState } };
}

/** The state before a rotation: only the desired certificates are new. */
export function withCertificates(state: ClusterState, certificatesBundle: CertificateBundle): ClusterState {
  return { ...state, desiredState: { ...state.desiredState, certificatesBundle } };
}

/** The state when all reached hosts use the desired certificates. */
export function withRolledOut(state: ClusterState): ClusterState {
  const { certificatesBundle } = state.desiredState;
  if (certificatesBundle === undefined) return state;
  return { ...state, currentState: { ...state.currentState, certificatesBundle } };
}

/** The state with other encryption configurations; an empty one is left out, the same as in RKE v1. */
export function withEncryption(state: ClusterState, { desired, current }: EncryptionPair): ClusterState {
  const put = (half: StateHalf, text: string): StateHalf =>
    (half.encryptionConfig ?? '') === text
      ? half
      : text === ''
        ? withoutEncryption(half)
        : { ...half, encryptionConfig: text };
  return {
    ...state,
    desiredState: put(state.desiredState, desired),
    currentState: put(state.currentState, current),
  };
}

/** The encryption configurations of a state. */
export function encryptionPair(state: ClusterState | undefined): EncryptionPair {
  return {
    desired: state?.desiredState.encryptionConfig ?? '',
    current: state?.currentState.encryptionConfig ?? '',
  };
}

function withoutEncryption(half: StateHalf): StateHalf {
  return Object.fromEntries(Object.entries(half).filter(([name]) => name !== 'encryptionConfig'));
}

function unknownMembers(half: StateHalf): StateHalf {
  const known = new Set(['rkeConfig', 'certificatesBundle', 'encryptionConfig']);
  return Object.fromEntries(Object.entries(half).filter(([name]) => !known.has(name)));
}

/** A value with members in the order of another one, so that a diff of two versions shows only changes. */
function inOrderOf<Value>(before: unknown, after: Value): Value;
function inOrderOf(before: unknown, after: unknown): unknown {
  if (Array.isArray(after)) {
    const old: readonly unknown[] = Array.isArray(before) ? before : [];
    return after.map((item: unknown, index) => inOrderOf(old[index], item));
  }
  if (!isRecord(after)) return after;
  const old = isRecord(before) ? before : {};
  const names = [...Object.keys(old).filter((name) => name in after), ...Object.keys(after)];
  return Object.fromEntries([...new Set(names)].map((name) => [name, inOrderOf(old[name], after[name])]));
}
