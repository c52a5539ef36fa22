import { describe, expect, it } from 'vitest';
import {
  chooseState,
  refuseNewer,
  refuseOtherCluster,
  type StateChoice,
} from '../../../src/commands/etcd/restored-state.js';
import type { ClusterSpec } from '../../../src/config/cluster-spec.js';
import type { RkeError } from '../../../src/core/errors.js';
import type { CertificateBundle } from '../../../src/pki/certificates.js';
import type { ObservedHost } from '../../../src/reconcile/observed.js';
import type { FoundSnapshot } from '../../../src/reconcile/restore/snapshot-look.js';
import type { ClusterState } from '../../../src/state/cluster-state.js';
import { encodeState } from '../../../src/state/codec.js';
import { specOf, three } from '../../config/running/judge.js';
import { observedFrom, samplePlan } from '../../fakes/cluster.js';
import { onHost } from '../../reconcile/plane-helpers.js';

const ca = (name: string): string => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;

/** A state whose CA has a name. */
function stateOf(name: string, encryptionConfig?: string): ClusterState {
  const certificatesBundle = {
    'kube-ca': { certificatePEM: ca(name), keyPEM: 'key', config: '', name: 'kube-ca' },
  } as unknown as CertificateBundle;
  const desiredState = {
    certificatesBundle,
    ...(encryptionConfig === undefined ? {} : { encryptionConfig }),
  };
  return { desiredState, currentState: {} };
}

/** What is thrown, as `CODE message`; undefined if nothing is. */
function failureOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    const { code, message, exitCode } = error as RkeError;
    expect(exitCode).toBe(8);
    return `${code} ${message}`;
  }
}

describe('the state that a restored cluster continues from', () => {
  const snapshot: FoundSnapshot = {
    ...{ id: 'x', sha256: 'y', bytes: 1, databaseBytes: 1, modifiedAt: 1, revision: 1, keys: 1 },
  };
  const choiceOf = (
    inside: ClusterState | string | undefined,
    local: ClusterState | undefined,
    usesLocal = false,
  ): StateChoice => {
    const state = inside === undefined || typeof inside === 'string' ? inside : encodeState(inside);
    return {
      snapshot: { name: 'nightly' },
      first: {
        host: '10.0.0.1',
        found: state === undefined ? snapshot : { ...snapshot, state },
        isAccepted: false,
      },
      ...{ local, usesLocal, location: 'cluster.rkestate' },
    };
  };
  const caOf = (choice: StateChoice): string | undefined =>
    chooseState(choice).desiredState.certificatesBundle?.['kube-ca']?.certificatePEM;
  const [archive, machine] = [stateOf('archive'), stateOf('machine')];

  it.each<[string, StateChoice, string]>([
    ['that of the archive', choiceOf(archive, machine), 'archive'],
    ['that of the archive if this machine has none', choiceOf(archive, undefined), 'archive'],
    ['that of this machine if the archive has none', choiceOf(undefined, machine), 'machine'],
    ['that of this machine with --use-local-state', choiceOf(archive, machine, true), 'machine'],
    [
      'that of this machine with --use-local-state, if that of the archive is damaged',
      choiceOf('{"desired', machine, true),
      'machine',
    ],
    [
      'that of this machine with the keys of the archive',
      choiceOf(stateOf('a', 'keys\n'), stateOf('m', 'keys'), true),
      'm',
    ],
    [
      'that of this machine if the snapshot was taken before Secrets were encrypted',
      choiceOf(stateOf('a'), stateOf('m', 'keys'), true),
      'm',
    ],
  ])('is %s', (_, choice, expected) => {
    expect(caOf(choice)).toBe(ca(expected));
  });

  it.each<[string, StateChoice, RegExp]>([
    ['neither has one', choiceOf(undefined, undefined), /^SNAPSHOT_STATE_NEEDED .* has no state, and/],
    [
      'that of this machine has no CA',
      choiceOf(undefined, { desiredState: {}, currentState: {} }),
      /^SNAPSHOT_STATE_NEEDED .*cluster.rkestate does not exist or has no CA/,
    ],
    [
      '--use-local-state is given without one',
      choiceOf(archive, undefined, true),
      /^SNAPSHOT_STATE_NEEDED --use-local-state: cluster.rkestate does not exist/,
    ],
    [
      'this machine has other encryption keys',
      choiceOf(stateOf('a', 'one'), stateOf('a', 'other'), true),
      /^SNAPSHOT_STATE_NEEDED .*other encryption keys/,
    ],
    [
      'this machine has no encryption keys',
      choiceOf(stateOf('a', 'one'), stateOf('a'), true),
      /^SNAPSHOT_STATE_NEEDED .*other encryption keys/,
    ],
    ['that of the archive is damaged', choiceOf('{"desired', machine), /^SNAPSHOT_INVALID the state in/],
  ])('is refused if %s', (_, choice, expected) => {
    expect(failureOf(() => chooseState(choice))).toMatch(expected);
  });

  it('has no mark of a restore that was unfinished when the snapshot was taken', () => {
    const marked = { ...archive, restore: { name: 'other', id: 'z' } };
    expect(chooseState(choiceOf(marked, machine))).not.toHaveProperty('restore');
  });
});

describe('a snapshot of another cluster', () => {
  /** Restores into hosts, the first of which has a CA. */
  const failure = (
    onFirst: string | undefined,
    chosen: ClusterState,
    local: ClusterState | undefined,
  ): string | undefined => {
    const file = { sha256: '', mode: 0o600, uid: 0, gid: 0 };
    const files: ObservedHost['files'] = new Map([
      [
        '/etc/kubernetes/ssl/kube-ca.pem',
        onFirst === undefined ? file : { ...file, certificate: ca(onFirst) },
      ],
    ]);
    const observed = onHost(observedFrom(samplePlan([['etcd']])), 1, () => ({ files }));
    return failureOf(() => refuseOtherCluster({ chosen, local, observed, location: 'cluster.rkestate' }));
  };

  it.each<[string, string | undefined, ClusterState, ClusterState | undefined]>([
    ['of the state file and of the hosts', 'ours', stateOf('ours'), stateOf('ours')],
    ['on hosts that have no CA', undefined, stateOf('ours'), stateOf('ours')],
    ['without a state file, if the hosts have its CA', 'ours', stateOf('ours'), undefined],
    ['without a state file, on new hosts', undefined, stateOf('ours'), undefined],
    [
      'of the last finished run',
      'ours',
      stateOf('ours'),
      { ...stateOf('new'), currentState: stateOf('ours').desiredState },
    ],
    [
      'of hosts that have the CA of the state file already',
      'new',
      stateOf('ours'),
      { ...stateOf('new'), currentState: stateOf('ours').desiredState },
    ],
  ])('is not one %s', (_, onHosts, chosen, local) => {
    expect(failure(onHosts, chosen, local)).toBeUndefined();
  });

  it('is known by the CA of the state file', () => {
    expect(failure('ours', stateOf('theirs'), stateOf('ours'))).toMatch(
      /^SNAPSHOT_OTHER_CLUSTER .*its CA is not that of cluster.rkestate/,
    );
  });

  it('is known by the CA of a host', () => {
    expect(failure('ours', stateOf('theirs'), undefined)).toMatch(/^SNAPSHOT_OTHER_CLUSTER the host runs/);
    expect(failure('third', stateOf('ours'), stateOf('ours'))).toMatch(/^SNAPSHOT_OTHER_CLUSTER the host/);
  });
});

describe('a snapshot of a newer version', () => {
  const spec = specOf(three);
  const withVersions = (
    kubernetesVersion: string,
    etcd = 'rancher/mirrored-coreos-etcd:v3.5.12',
  ): ClusterSpec => ({
    ...spec,
    kubernetesVersion,
    systemImages: { ...spec.systemImages, etcd },
  });
  const failure = (was: ClusterSpec | undefined, is: ClusterSpec): string | undefined =>
    failureOf(() => refuseNewer(was, is));
  const [older, newer] = ['v1.29.4-rancher1-1', 'v1.30.4-rancher1-1'].map((version) =>
    withVersions(version),
  ) as [ClusterSpec, ClusterSpec];

  it('is refused, with both versions', () => {
    expect(failure(newer, older)).toBe(
      'SNAPSHOT_TOO_NEW the snapshot is of Kubernetes v1.30.4-rancher1-1, and cluster.yml has v1.29.4-rancher1-1',
    );
    expect(failure(withVersions('v2.1.0'), withVersions('v1.30.4'))).toMatch(/^SNAPSHOT_TOO_NEW/);
  });

  it('is not one of an older minor, another patch, or an unknown version', () => {
    expect(failure(older, newer)).toBeUndefined();
    expect(failure(withVersions('v1.30.9-rancher1-1'), newer)).toBeUndefined();
    expect(failure(undefined, newer)).toBeUndefined();
    expect(failure(withVersions('main'), newer)).toBeUndefined();
  });

  const version = 'v1.30.4-rancher1-1';
  it.each([
    ['etcd:v3.6.1', 'etcd:v3.5.12'],
    ['registry.example.com:5000/etcd:v3.6.1', 'registry.example.com:5000/etcd:v3.5.12'],
    ['10.0.0.5:5000/etcd:v3.6.1-rancher1', 'etcd:3.5.12@sha256:a1b2'],
  ])('is refused if it is of a newer etcd: %s, %s', (was, is) => {
    expect(failure(withVersions(version, was), withVersions(version, is))).toMatch(
      /^SNAPSHOT_TOO_NEW the snapshot is of etcd v?3\.6\.1, and cluster.yml has 3\.5\.12/,
    );
    expect(failure(withVersions(version, is), withVersions(version, was))).toBeUndefined();
  });

  it('is not concluded from an image without a version', () => {
    expect(failure(withVersions(version, 'etcd@sha256:3a'), newer)).toBeUndefined();
    expect(failure(withVersions(version, 'etcd:v3.6.1'), withVersions(version, 'etcd'))).toBeUndefined();
  });
});
