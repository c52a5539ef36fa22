import { describe, expect, it } from 'vitest';
import { decideRecovery } from '../../../src/reconcile/etcd-care/decide-recovery.js';
import { recoveryName } from '../../../src/reconcile/diff/own-containers.js';
import type { ObservedCluster, ObservedHost } from '../../../src/reconcile/observed.js';
import { observedContainer, sampleContainer } from '../../fakes/cluster.js';
import { hostOf, survey, surveyed, view } from './survey.js';

const etcd = observedContainer(sampleContainer('etcd'));

/** Hosts that were reached; an upper-case letter has no container of etcd. */
function reached(
  letters: string,
  leftovers: Readonly<Record<string, string>> = {},
): Pick<ObservedCluster, 'hosts'> {
  const hosts = Array.from(letters).map((letter): [string, ObservedHost] => {
    const own = letter.toLowerCase();
    const containers = new Map(letter === own ? [['etcd', etcd]] : []);
    const left = leftovers[own] === undefined ? [] : [leftovers[own]];
    return [hostOf(own), { containers, leftovers: left } as unknown as ObservedHost];
  });
  return { hosts: new Map(hosts) };
}
const alone = { leader: '' };

describe('the recovery of a lost majority', () => {
  it('keeps the survivor with the highest revision, and sets the others that are left aside', () => {
    const members = [
      surveyed('a', { ...alone, revision: 10, raftIndex: 99 }),
      surveyed('b', { ...alone, revision: 12 }),
      surveyed('c', 'down'),
      surveyed('d', 'down'),
      surveyed('e', 'down'),
    ];
    expect(decideRecovery(survey(members), reached('ab'))).toMatchObject({
      kind: 'recover',
      survivor: { name: 'etcd-b' },
      stale: [hostOf('a')],
    });
  });

  it('prefers the longer log if revisions are equal', () => {
    const members = [
      surveyed('a', { ...alone, raftIndex: 5 }),
      surveyed('b', { ...alone, raftIndex: 6 }),
      surveyed('c', 'down'),
      surveyed('d', 'down'),
    ];
    expect(decideRecovery(survey(members), reached('ab'))).toMatchObject({ survivor: { name: 'etcd-b' } });
  });

  it('is refused while a majority is alive', () => {
    const members = [surveyed('a'), surveyed('b'), surveyed('c', 'down')];
    const views = [view('a', 'abc'), view('b', 'abc')];
    expect(decideRecovery(survey(members, { views }), reached('ab'))).toMatchObject({
      kind: 'refuse',
      code: 'ETCD_MAJORITY',
      fix: expect.stringContaining('rke up') as string,
    });
  });

  it('is refused while the survivor follows a leader: the others may only be out of reach', () => {
    const members = [surveyed('a', { leader: '2' }), surveyed('b', 'down'), surveyed('c', 'down')];
    expect(decideRecovery(survey(members), reached('a'))).toMatchObject({
      kind: 'refuse',
      code: 'ETCD_MAJORITY',
    });
  });

  it('is refused if no member is left, and names the snapshots', () => {
    const members = [surveyed('a', 'down'), surveyed('b', 'down')];
    expect(decideRecovery(survey(members), reached('A'))).toMatchObject({
      kind: 'refuse',
      code: 'ETCD_RECOVERY',
      fix: expect.stringContaining('snapshot-restore') as string,
    });
  });

  it('is refused if several members are left and none answers: nobody knows which is newer', () => {
    const members = [surveyed('a', 'down'), surveyed('b', 'down'), surveyed('c', 'down')];
    expect(decideRecovery(survey(members), reached('ab'))).toMatchObject({
      kind: 'refuse',
      code: 'ETCD_RECOVERY',
    });
    expect(decideRecovery(survey(members), reached('aB'))).toMatchObject({
      kind: 'recover',
      survivor: { name: 'etcd-a' },
    });
  });

  it('continues with the member that a run which was killed had chosen', () => {
    const members = [
      surveyed('a', { revision: 1 }),
      surveyed('b', { ...alone, revision: 9 }),
      surveyed('c', 'down'),
    ];
    const views = [view('a', 'a')];
    expect(decideRecovery(survey(members, { views }), reached('ab', { a: recoveryName }))).toMatchObject({
      kind: 'recover',
      survivor: { name: 'etcd-a' },
      stale: [hostOf('b')],
    });
  });
});

describe('a run that was killed before it changed the membership', () => {
  const lost = ['c', 'd', 'e'].map((letter) => surveyed(letter, 'down'));

  it('is continued with the member that it had stopped, not with another one that still answers', () => {
    const members = [surveyed('a', 'down'), surveyed('b', { ...alone, revision: 5 }), ...lost];
    expect(decideRecovery(survey(members), reached('ab', { a: recoveryName }))).toMatchObject({
      ...{ kind: 'recover', stale: [hostOf('b')] },
      survivor: { name: 'etcd-a' },
    });
  });

  it('is not continued if the majority is back meanwhile', () => {
    const members = [surveyed('a'), surveyed('b'), surveyed('c', 'down')];
    const views = [view('a', 'abc'), view('b', 'abc')];
    expect(decideRecovery(survey(members, { views }), reached('ab', { a: recoveryName }))).toMatchObject({
      kind: 'refuse',
      code: 'ETCD_MAJORITY',
    });
  });
});

describe('members of the old cluster that come back after a recovery', () => {
  it('join again, without their old data, if they are alone', () => {
    const members = [
      surveyed('a'),
      surveyed('b', alone, { isListed: false }),
      surveyed('c', 'down', { isListed: false }),
    ];
    expect(decideRecovery(survey(members, { views: [view('a', 'a')] }), reached('ab'))).toMatchObject({
      kind: 'rejoin',
      stale: [hostOf('b')],
    });
  });

  it('join again even if they have a majority of the old cluster, which still lists the survivor', () => {
    const members = [surveyed('a'), surveyed('b', { leader: '2' }), surveyed('c', { leader: '2' })];
    for (const views of [
      [view('a', 'a'), view('b', 'abc'), view('c', 'abc')],
      [view('b', 'abc'), view('c', 'abc'), view('a', 'a')],
    ])
      expect(decideRecovery(survey(members, { views }), reached('abc'))).toMatchObject({
        kind: 'rejoin',
        stale: [hostOf('b'), hostOf('c')],
        view: { host: hostOf('a') },
      });
  });

  it('are left alone if it is not clear which cluster is right', () => {
    const members = [surveyed('a'), surveyed('b', { leader: '2' })];
    const views = [view('a', 'a'), view('b', 'b')];
    expect(decideRecovery(survey(members, { views }), reached('ab'))).toMatchObject({
      kind: 'refuse',
      code: 'ETCD_RECOVERY',
      why: expect.stringContaining('10.0.0.1 sees etcd-a; 10.0.0.2 sees etcd-b') as string,
    });
  });
});
