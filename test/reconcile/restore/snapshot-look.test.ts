import { describe, expect, it } from 'vitest';
import { isUsable, parseLook } from '../../../src/reconcile/restore/snapshot-look.js';

const good = `id=
data=yes
kind=zip
bytes=2048
database=4128
modified=1700000000
sha256=aaa
snapshot=bbb
status={"hash":1,"revision":77,"totalKey":12,"totalSize":4096}
`;
const found = {
  ...{ id: 'bbb', sha256: 'aaa', bytes: 2048, databaseBytes: 4128 },
  ...{ modifiedAt: 1_700_000_000, revision: 77, keys: 12 },
};

describe('what a host has of a snapshot', () => {
  it('is its archive with the state in it, and whether etcd has data', () => {
    expect(parseLook(good, '{}')).toEqual({ hasData: true, found: { ...found, state: '{}' } });
    expect(parseLook(good, undefined)).toEqual({ hasData: true, found });
    expect(parseLook(good, '')).toEqual({ hasData: true, found });
  });

  it.each<[string, string, unknown]>([
    ['nothing', 'data=no\nkind=none\n', undefined],
    [
      'a damaged archive',
      'kind=zip\ndamaged=the snapshot is truncated: 7 bytes\n',
      { isDamaged: true, why: 'the snapshot is truncated: 7 bytes' },
    ],
    [
      'an archive that could not be checked',
      'kind=zip\ntrouble=no space for the check\n',
      { isDamaged: false, why: 'no space for the check' },
    ],
    [
      'one whose check ended early',
      'kind=zip\nbytes=2048\n',
      { isDamaged: false, why: 'the check printed no result' },
    ],
    [
      'one whose check printed something else',
      good.replace('{"hash"', '{"hash'),
      { isDamaged: false, why: 'the check printed no result' },
    ],
  ])('is %s', (_, text, expected) => {
    const look = parseLook(text, undefined);
    expect(look.found).toEqual(expected);
    expect(isUsable(look.found)).toBe(false);
  });

  it.each(['started', 'moved', 'accepted'] as const)(
    'is a restore that is %s, and of which snapshot',
    (phase) => {
      const look = parseLook(good.replace('id=\n', `id=ccc\nphase=${phase}\n`), undefined);
      expect(look.started).toEqual({ phase, id: 'ccc' });
      expect(isUsable(look.found)).toBe(true);
    },
  );

  it('is no restore if the phase is unknown', () => {
    expect(parseLook(`${good}phase=later\n`, undefined).started).toBeUndefined();
  });
});
