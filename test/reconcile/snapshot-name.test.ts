import { describe, expect, it } from 'vitest';
import {
  defaultSnapshotName,
  formatLocalTime,
  snapshotNameFault,
} from '../../src/reconcile/snapshots/snapshot-name.js';

describe('the name of a snapshot', () => {
  it.each([
    'nightly',
    'before-1.31',
    'rke_etcd_snapshot_2026-11-26T12:00:00+01:00',
    'c-abc-1',
    '12:00',
    '2026-11-26',
    '2026-11-26T12:00_etcd',
    'a'.repeat(200),
  ])('can be %s', (name) => expect(snapshotNameFault(name)).toBeUndefined());

  it.each([
    ['', 'letters'],
    ['../../etc/passwd', 'letters'],
    ['a/b', 'letters'],
    ['two words', 'letters'],
    ['-rf', 'first'],
    ['.hidden', 'first'],
    ['a$(reboot)', 'letters'],
    ['ä', 'letters'],
    ['a\nb', 'letters'],
    ['a*', 'letters'],
    ['nightly.zip', 'without extension'],
    ['nightly.rkestate', 'without extension'],
    ['a'.repeat(201), '200 characters'],
    ['2026-11-26T12:00:00Z_etcd', 'recurring'],
    ['2026-11-26T12:00:00+05:30_mine', 'recurring'],
    ['2026-11-26T12:00:00Z', 'recurring'],
    // Go reads these as times, too, so rke-tools would delete them.
    ['2026-11-26T9:00:00.5Z_mine', 'recurring'],
  ])('cannot be %j', (name, why) => expect(snapshotNameFault(name)).toContain(why));

  it('has the local time by default, the same as in RKE v1', () => {
    const now = new Date(2026, 10, 26, 9, 5, 7);
    expect(defaultSnapshotName(now)).toBe(`rke_etcd_snapshot_${formatLocalTime(now)}`);
    expect(snapshotNameFault(defaultSnapshotName(now))).toBeUndefined();
  });

  it.each([
    [0, '2026-11-26T12:00:00Z'],
    [-330, '2026-11-26T17:30:00+05:30'],
    [480, '2026-11-26T04:00:00-08:00'],
  ])('has a time zone that is %i minutes behind UTC the way Go writes it', (behind, text) => {
    const time = new Date('2026-11-26T12:00:00Z');
    time.getTimezoneOffset = () => behind;
    expect(formatLocalTime(time)).toBe(text);
  });
});
