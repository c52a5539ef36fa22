import { describe, expect, it } from 'vitest';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster, ObservedHost } from '../../src/reconcile/observed.js';
import { formatAge, listSnapshotAges, oldSnapshotFault } from '../../src/reconcile/snapshots/snapshot-age.js';
import type { SnapshotFile } from '../../src/reconcile/snapshots/snapshot-files.js';
import { listWithEndCommand, parseListed } from '../../src/reconcile/snapshots/snapshot-files.js';
import { findSchedule, recurringTime } from '../../src/reconcile/snapshots/snapshot-schedule.js';
import { listStoredSnapshots, requireSnapshot } from '../../src/reconcile/snapshots/stored-snapshots.js';
import { selectPruned, selectPrunedObjects } from '../../src/reconcile/snapshots/prune-rule.js';
import { observedContainer, sampleContainer } from '../fakes/cluster.js';

const hour = 3600;
const now = 1_000 * hour;

const planWith = (...flags: readonly string[]): Pick<ClusterPlan, 'nodes'> =>
  ({
    nodes: [{ containers: [{ ...sampleContainer('etcd-rolling-snapshots'), cmd: ['save', ...flags] }] }],
  }) as unknown as Pick<ClusterPlan, 'nodes'>;
const everyTwelveHours = planWith('--retention=72h', '--creation=12h');

const archive = (name: string, hoursAgo: number, change: Partial<SnapshotFile> = {}): SnapshotFile => ({
  name,
  file: `${name}.zip`,
  bytes: 5,
  modifiedAt: now - hoursAgo * hour,
  ...change,
});
const verified = { verified: { at: now, revision: 7, keys: 3, kubernetesVersion: 'v1.30.4-rancher1-1' } };

function observed(
  hosts: Readonly<Record<string, readonly SnapshotFile[] | undefined>>,
  startedAt = new Date((now - hour) * 1000).toISOString(),
): Pick<ObservedCluster, 'hosts'> {
  const etcd = { ...observedContainer(sampleContainer('etcd')), startedAt };
  const entries = Object.entries(hosts).map(([address, snapshots]): [string, ObservedHost] => [
    address,
    {
      clock: now,
      containers: new Map([['etcd', etcd]]),
      ...(snapshots && { snapshots }),
    } as unknown as ObservedHost,
  ]);
  return { hosts: new Map(entries) };
}

/** A recurring name by its age, e.g. `1970-02-11T11:00:00Z_etcd`. */
const recurring = (hoursAgo: number): string =>
  `${new Date((now - hoursAgo * hour) * 1000).toISOString().replace('.000', '')}_etcd`;

describe('the warning of old snapshots', () => {
  it('comes if the last one on any host is older than twice the interval', () => {
    const old = observed({ a: [archive('nightly', 30)], b: [archive('monthly', 90)] });
    expect(oldSnapshotFault(everyTwelveHours, old)).toMatch(
      /^no recent etcd snapshot: the last one, nightly on a, is 1d 6h old, and one should be taken every 12h; .*rke etcd snapshot-save/,
    );
    expect(
      oldSnapshotFault(everyTwelveHours, observed({ a: [archive('nightly', 23)], b: [] })),
    ).toBeUndefined();
  });

  it('does not count what is not a complete archive', () => {
    const files = [
      archive('raw', 1, { file: 'raw' }),
      archive('empty', 1, { bytes: 0 }),
      archive('good', 50),
    ];
    expect(oldSnapshotFault(everyTwelveHours, observed({ a: files }))).toContain('good on a');
  });

  it('does not come if no recurring snapshots are configured, or nothing is known', () => {
    const old = observed({ a: [archive('nightly', 300)] });
    expect(oldSnapshotFault({ nodes: [] }, old)).toBeUndefined();
    expect(oldSnapshotFault(planWith('--creation=0s'), old)).toBeUndefined();
    expect(oldSnapshotFault(everyTwelveHours, observed({ a: undefined }))).toBeUndefined();
  });

  it('comes for a cluster without any snapshot when the first ones are overdue, not in a new cluster', () => {
    expect(oldSnapshotFault(everyTwelveHours, observed({ a: [] }))).toBeUndefined();
    const before = new Date((now - 25 * hour) * 1000).toISOString();
    expect(oldSnapshotFault(everyTwelveHours, observed({ a: [] }, before))).toContain('there is none');
  });

  it('has the ages by host', () => {
    expect(listSnapshotAges(observed({ a: [archive('x', 2, verified)], b: [], c: undefined }))).toEqual([
      { host: 'a', name: 'x', ageSeconds: 2 * hour, verified: true },
      { host: 'b', verified: false },
    ]);
  });

  it.each([
    [45, '45s'],
    [720, '12m'],
    [43_200, '12h'],
    [5400, '1h 30m'],
    [273_600, '3d 4h'],
  ])('formats %i seconds as %s', (seconds, text) => expect(formatAge(seconds)).toBe(text));
});

describe('the schedule of recurring snapshots', () => {
  it('is read from the arguments of their container', () => {
    expect(findSchedule(planWith('--retention=1h30m', '--creation=5m'))).toEqual({
      intervalSeconds: 300,
      retentionSeconds: 5400,
    });
  });

  it('names snapshots by their time', () => {
    expect(recurringTime('2026-11-26T12:00:00+01:00_etcd')).toBe(Date.parse('2026-11-26T11:00:00Z') / 1000);
    expect(recurringTime('rke_etcd_snapshot_2026-11-26T12:00:00Z')).toBeUndefined();
  });
});

describe('the snapshots of all hosts', () => {
  const hosts = observed({
    a: [archive('nightly', 2, verified), archive('old', 9)],
    b: [archive('nightly', 2)],
  });

  it('are listed by name, newest first, with their copies', () => {
    expect(
      listStoredSnapshots(hosts).map(({ name, copies }) => [name, copies.map(({ host }) => host)]),
    ).toEqual([
      ['nightly', ['a', 'b']],
      ['old', ['a']],
    ]);
  });

  it('are also those in S3, with the names that no host has', () => {
    const objects = [archive('nightly', 2), archive('moved', 40)];
    expect(
      listStoredSnapshots(hosts, objects).map(({ name, copies, s3 }) => [name, copies.length, s3?.file]),
    ).toEqual([
      ['nightly', 2, 'nightly.zip'],
      ['old', 1, undefined],
      ['moved', 0, 'moved.zip'],
    ]);
  });

  it('are found with and without extension, and a wrong name gets the nearest one', () => {
    const all = listStoredSnapshots(hosts);
    expect(requireSnapshot(all, 'nightly.zip').name).toBe('nightly');
    expect(() => requireSnapshot(all, 'nigthly')).toThrow(
      expect.objectContaining({
        code: 'SNAPSHOT_NOT_FOUND',
        exitCode: 8,
        message: 'there is no snapshot nigthly; did you mean "nightly"?',
      }) as Error,
    );
    expect(() => requireSnapshot([], 'x')).toThrow(/there is no snapshot x$/);
  });

  it('are part of the reading of a host only if the list is complete', () => {
    expect(parseListed('1\nsnapshots of etcd:\n5 9 x.zip\nsnapshots of etcd:\n')).toMatchObject([
      { name: 'x' },
    ]);
    expect(parseListed('1\nsnapshots of etcd:\n5 9 x.zip\n')).toBeUndefined();
    expect(parseListed('1\n')).toBeUndefined();
    expect(listWithEndCommand()).not.toContain("'snapshots");
  });
});

describe('what prune deletes', () => {
  const rule = {
    schedule: { intervalSeconds: 12 * hour, retentionSeconds: 72 * hour },
    keepSingle: undefined,
  };

  it('is what is older than the retention, and no single snapshot', () => {
    const files = [
      archive(recurring(12), 12),
      archive('before-upgrade', 100),
      archive(recurring(71), 71),
      archive(recurring(73), 73),
      archive(recurring(500), 500),
    ];
    expect([...selectPruned(observed({ a: files }), rule)]).toEqual([['a', [recurring(73), recurring(500)]]]);
  });

  it('is never the newest one, nor the newest one that passed a check', () => {
    const files = [
      archive(recurring(80), 80),
      archive(recurring(90), 90, verified),
      archive(recurring(99), 99, verified),
    ];
    expect([...selectPruned(observed({ a: files, b: [archive(recurring(80), 80)] }), rule)]).toEqual([
      ['a', [recurring(99)]],
    ]);
  });

  it('has single snapshots beyond a number, if one is given', () => {
    const files = [archive('c', 1), archive('b', 2), archive('a', 3)];
    expect([...selectPruned(observed({ x: files }), { schedule: undefined, keepSingle: 2 })]).toEqual([
      ['x', ['a']],
    ]);
    expect([...selectPruned(observed({ x: files }), { schedule: undefined, keepSingle: undefined })]).toEqual(
      [],
    );
  });
});

describe('the objects of a bucket', () => {
  const rule = { intervalSeconds: 12 * hour, retentionSeconds: 72 * hour };
  const prune = (objects: readonly SnapshotFile[]): string[] =>
    selectPrunedObjects(observed({ a: [] }), objects, rule);

  it('are pruned if they are recurring and older than the retention; single ones may be of another cluster', () => {
    const objects = [
      archive(recurring(71), 71),
      archive(recurring(73), 73),
      archive('before-upgrade', 900),
      archive(recurring(500), 500),
    ];
    expect(prune(objects)).toEqual([`${recurring(73)}.zip`, `${recurring(500)}.zip`]);
    expect(selectPrunedObjects(observed({ a: [] }), objects, undefined)).toEqual([]);
  });

  it('keep the newest one, and the newest one that passed a check', () => {
    const objects = [
      archive(recurring(80), 80),
      archive(recurring(90), 90, verified),
      archive(recurring(99), 99, verified),
    ];
    expect(prune(objects)).toEqual([`${recurring(99)}.zip`]);
  });

  it('stay if no host reports its time', () => {
    expect(
      selectPrunedObjects({ hosts: new Map() }, [archive('x', 1), archive(recurring(99), 99)], rule),
    ).toEqual([]);
  });
});
