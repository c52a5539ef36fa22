import { describe, expect, it } from 'vitest';
import { chooseFirst } from '../../../src/reconcile/restore/choose-first.js';
import type { FoundSnapshot, SnapshotLook } from '../../../src/reconcile/restore/snapshot-look.js';

type Phase = NonNullable<SnapshotLook['started']>['phase'];

const snapshot = (id: string): FoundSnapshot => ({
  ...{ id, sha256: `sum of ${id}`, bytes: 2048, databaseBytes: 4096 },
  ...{ modifiedAt: 1, revision: 7, keys: 3 },
});
/** A host with the archive `id`, where a restore of `of` is in a phase. */
const has = (id: string, phase?: Phase, of = id): SnapshotLook => ({
  hasData: true,
  found: snapshot(id),
  ...(phase === undefined ? {} : { started: { phase, id: of } }),
});
const without: SnapshotLook = { hasData: true, found: undefined };
const damaged: SnapshotLook = { hasData: true, found: { why: 'truncated', isDamaged: true } };

/** The chosen host among a, b and c, and whether its data is accepted. */
function choose(looks: readonly SnapshotLook[], acceptedId?: string): string {
  const hosts = new Map(looks.map((look, index) => ['abc'.charAt(index), look]));
  const first = chooseFirst(hosts, acceptedId);
  if (first === undefined) return 'none';
  return first.isAccepted ? `${first.host} accepted` : first.host;
}

describe('the host that gets the data of a snapshot', () => {
  it.each<[string, SnapshotLook[], string]>([
    ['the first that has the archive', [without, has('x'), has('x')], 'b'],
    ['not one whose archive is damaged', [damaged, has('x')], 'b'],
    ['none if no archive is good', [without, damaged], 'none'],
    ['the one where the data was moved', [has('x'), has('x', 'moved')], 'b'],
    ['the one that has accepted it, before others', [has('x', 'moved'), has('x', 'accepted')], 'b accepted'],
    ['the first if nothing was moved yet', [has('x'), has('x', 'started')], 'a'],
    ['not one that has moved or accepted another snapshot', [has('x'), has('y', 'accepted', 'z')], 'a'],
  ])('is %s', (_, looks, chosen) => {
    expect(choose(looks)).toBe(chosen);
  });

  it('is the one that had accepted it, if the state records that and the host has nothing left of the restore', () => {
    const settled = [has('w'), has('x')];
    expect(choose(settled, 'x')).toBe('b accepted');
    expect(choose(settled, 'v')).toBe('a');
    expect(choose(settled)).toBe('a');
  });

  it('gets the data again if it has lost it since', () => {
    expect(choose([{ ...has('x'), hasData: false }], 'x')).toBe('a');
    expect(choose([has('x', 'started', 'v')], 'x')).toBe('a');
  });
});
