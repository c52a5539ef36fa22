import { describe, expect, it } from 'vitest';
import { describeRestore } from '../../../src/commands/etcd/describe-restore.js';
import { decideRestoredState } from '../../../src/commands/etcd/decide-restored-state.js';
import { markAccepted, stateBefore } from '../../../src/commands/etcd/restore-mark.js';
import {
  checkSnapshotName,
  requireEtcdHosts,
  requireSpace,
} from '../../../src/commands/etcd/restore-checks.js';
import type { RunFailedError } from '../../../src/core/hosts-error.js';
import type { FirstMember } from '../../../src/reconcile/restore/choose-first.js';
import type { ClusterOptions } from '../../../src/run/cluster-options.js';
import type { ClusterState } from '../../../src/state/cluster-state.js';
import { a, b, c } from '../../config/running/judge.js';
import { recordingSink } from '../../fakes/recording-sink.js';
import { RestoreCluster } from './restore-cluster.js';

const first: FirstMember = {
  host: a,
  isAccepted: false,
  found: {
    ...{ id: 'x', sha256: 'y', bytes: 2048, databaseBytes: 4 * 2 ** 20 },
    ...{ modifiedAt: 1_700_000_000, revision: 77, keys: 12 },
  },
};

describe('the name of a snapshot to restore', () => {
  const sink = recordingSink();

  it.each(['nightly', 'rke_etcd_snapshot_2026-11-26T12:00:00+01:00', '2026-11-26T12:00:00Z_etcd', 'v1.2-a'])(
    'is taken as it is: %s',
    (name) => {
      expect(checkSnapshotName(name, sink)).toBe(name);
      expect(sink.events).toEqual([]);
    },
  );

  it.each(['', '.zip', '../x', 'a/b', '-x', '.hidden', 'a b', 'a;b', '$(id)', "a'b", 'a\n'])(
    'is refused if it could be something else on the host: %j',
    (name) => {
      expect(() => checkSnapshotName(name, recordingSink())).toThrow(/^invalid snapshot name/);
    },
  );
});

it('names the limit of a name that is too long for a file, not a wrong character', () => {
  expect(() => checkSnapshotName('a'.repeat(300), recordingSink())).toThrow(
    'expected 251 characters at most',
  );
  expect(checkSnapshotName('a'.repeat(251), recordingSink())).toHaveLength(251);
});

describe('a restore', () => {
  it('needs an etcd host', () => {
    const { spec } = new RestoreCluster();
    expect(() => requireEtcdHosts(spec)).not.toThrow();
    const nodes = spec.nodes.filter(({ address }) => address === c);
    expect(() => requireEtcdHosts({ ...spec, nodes })).toThrow('no etcd host');
  });

  it.each([
    [8 * 1024, true],
    [8 * 1024 - 1, false],
    [undefined, true],
  ])('needs twice the size of the database where etcd keeps its data: %s KiB free', (freeKib, isEnough) => {
    const disks = freeKib === undefined ? {} : { etcd: { freeKib } };
    const facts = new Map([[a, { disks, modules: new Map() }]]);
    const run = { ...new RestoreCluster().run, facts } as unknown as Parameters<typeof requireSpace>[0];
    if (isEnough) {
      requireSpace(run, first);
      return;
    }
    try {
      requireSpace(run, first);
      expect.unreachable();
    } catch (error) {
      const { exitCode, failures } = error as RunFailedError;
      expect([exitCode, failures[0]?.host]).toEqual([8, a]);
      expect(failures[0]?.error).toMatchObject({ code: 'SNAPSHOT_DISK_FULL' });
    }
  });

  it('is described with what is lost, what is stopped, and hosts that still run the old cluster', () => {
    const cluster = new RestoreCluster();
    const gone = { address: '10.9.9.9' };
    cluster.state = {
      desiredState: {},
      currentState: { rkeConfig: { nodes: [gone] } },
    } as unknown as ClusterState;
    const { destructive, summary } = describeRestore(cluster.run, 'nightly', first);
    expect(destructive).toEqual([
      'etcd is set back to snapshot nightly (archive of 2023-11-14T22:13:20Z, revision 77, 12 keys, 4.0 MiB): everything that the cluster has stored since is lost',
      `Kubernetes is stopped on ${a}, ${b}, ${c}, with all pods, until etcd is restored`,
      '10.9.9.9 left cluster.yml: switch these hosts off or clean them, because they still run the old cluster',
    ]);
    expect(summary).toContain(`etcd of ${b}: old data moved aside, joins as a new member`);
  });
});

describe('the state of a restore that is continued', () => {
  const before: ClusterState = { desiredState: { encryptionConfig: 'before' }, currentState: {} };
  const started: ClusterState = {
    ...{ desiredState: { encryptionConfig: 'restored' }, currentState: {} },
    restore: { name: 'nightly', id: 'x', before },
  };

  it('is that of the run that was interrupted, so that certificates are issued once', async () => {
    const cluster = new RestoreCluster();
    cluster.state = started;
    const state = await decideRestoredState(cluster.run, {} as ClusterOptions, 'nightly', first);
    expect(state).toEqual({ desiredState: { encryptionConfig: 'restored' }, currentState: {} });
  });

  it('is only to be finished once etcd was healthy with the data, even if its host has settled', () => {
    const marked = markAccepted(before, { name: 'nightly', id: 'x' }, before);
    expect(marked).toEqual({ ...before, restore: { name: 'nightly', id: 'x', accepted: true, before } });
    expect(stateBefore(marked)).toBe(before);
    expect(markAccepted(before, { name: 'n', id: 'x' }, undefined).restore).not.toHaveProperty('before');
  });

  it('keeps the state before any restore, whatever is restored next', () => {
    expect(stateBefore(started)).toBe(before);
    expect(stateBefore({ ...started, restore: { name: 'nightly', id: 'x' } })).toBeUndefined();
    expect(stateBefore(before)).toBe(before);
    expect(stateBefore(undefined)).toBeUndefined();
  });
});
