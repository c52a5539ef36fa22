import { describe, expect, it } from 'vitest';
import { assessEtcd } from '../../../src/reconcile/etcd-care/assess-etcd.js';
import { readQuota } from '../../../src/reconcile/etcd-care/quota.js';
import { survey, surveyed, view } from './survey.js';

const gibibyte = 1024 ** 3;
const quota = (): number => 2 * gibibyte;
const three = [surveyed('a'), surveyed('b'), surveyed('c')];
const views = [view('a', 'abc'), view('b', 'abc'), view('c', 'abc')];

describe('the assessment of etcd', () => {
  it('of three healthy members has nothing to say', () => {
    const found = assessEtcd(survey(three, { views }), quota);
    expect(found).toMatchObject({ hasQuorum: true, voters: 3, healthyVoters: 3, problems: [], advice: [] });
    expect(found.members.map(({ name, state, raftLag }) => [name, state, raftLag])).toEqual([
      ['etcd-a', 'leader', 0],
      ['etcd-b', 'follower', 0],
      ['etcd-c', 'follower', 0],
    ]);
  });

  it('names a member that is down, and works without it', () => {
    const members = [surveyed('a'), surveyed('b'), surveyed('c', 'down')];
    const found = assessEtcd(survey(members, { views: views.slice(0, 2) }), quota);
    expect(found).toMatchObject({ hasQuorum: true, healthyVoters: 2 });
    expect(found.problems).toEqual(['etcd-c: no answer: connection refused']);
    expect(found.members[2]).toMatchObject({ state: 'down', error: 'connection refused' });
  });

  it('names the command that recovers a lost majority', () => {
    const members = [surveyed('a', { leader: '' }), surveyed('b', 'down'), surveyed('c', 'down')];
    const found = assessEtcd(survey(members), quota);
    expect(found.hasQuorum).toBe(false);
    expect(found.problems[0]).toContain('0 of 3 members healthy');
    expect(found.problems[0]).toContain('rke etcd recover-quorum');
    expect(found.members[0]?.state).toBe('no-leader');
  });

  it('reports members of an old cluster beside the recovered one', () => {
    const split = [view('a', 'a'), view('b', 'abc'), view('c', 'abc')];
    expect(assessEtcd(survey(three, { views: split }), quota).problems.join()).toContain(
      'more than one etcd cluster',
    );
  });

  it('reports alarms by member, with what to do', () => {
    const found = assessEtcd(survey(three, { views, alarms: [{ memberId: '2', alarm: 'NOSPACE' }] }), quota);
    expect(found.members[1]?.alarms).toEqual(['NOSPACE']);
    expect(found.problems).toEqual([expect.stringMatching(/^etcd-b: alarm NOSPACE: .*rke etcd defrag/)]);
  });

  it('advises a defragmentation that frees much, and not one that frees little', () => {
    const large = surveyed('a', { bytes: 1.5 * gibibyte, bytesInUse: 0.3 * gibibyte });
    const small = surveyed('b', { bytes: 60 * 1024 ** 2, bytesInUse: 1024 ** 2 });
    const found = assessEtcd(survey([large, small, surveyed('c')], { views }), quota);
    expect(found.advice).toEqual(['etcd-a: `rke etcd defrag` frees 1.2 GiB']);
  });

  it('advises against a database near its quota, whatever is free in it', () => {
    const full = surveyed('a', { bytes: 1.9 * gibibyte, bytesInUse: 1.85 * gibibyte });
    const found = assessEtcd(survey([full, surveyed('b'), surveyed('c')], { views }), quota);
    expect(found.advice).toEqual([expect.stringContaining('quota-backend-bytes')]);
  });

  it.each([
    [2, 'tolerate no failure, the same as 1; use 3'],
    [4, 'tolerate 1 failure, the same as 3; use 5'],
  ])('advises against %i members', (count, text) => {
    const letters = 'abcd'.slice(0, count);
    const members = Array.from(letters).map((letter) => surveyed(letter));
    expect(assessEtcd(survey(members, { views: [view('a', letters)] }), quota).advice).toEqual([
      `${count} etcd members ${text}`,
    ]);
  });

  it('reports learners, members that fell behind, and different versions', () => {
    const learner = surveyed('c', {}, { isLearner: true });
    const behind = surveyed('b', { appliedIndex: 10, version: '3.4.16' });
    const ahead = surveyed('a', { raftIndex: 5000, appliedIndex: 5000 });
    const found = assessEtcd(survey([ahead, behind, learner], { views }), quota);
    expect(found).toMatchObject({ voters: 2, healthyVoters: 2 });
    expect(found.problems).toEqual([expect.stringContaining('a learner')]);
    expect(found.advice.join('\n')).toMatch(/different versions \(3.4.16, 3.5.12\)[^]*4990 entries behind/);
  });

  it('reports a member of cluster.yml that etcd does not have', () => {
    const absent = surveyed('c', 'down', { isListed: false });
    const found = assessEtcd(
      survey([surveyed('a'), surveyed('b'), absent], { views: [view('a', 'ab')] }),
      quota,
    );
    expect(found).toMatchObject({ voters: 2, hasQuorum: true });
    expect(found.problems).toEqual([
      expect.stringContaining('etcd-c: cluster.yml has the member and etcd does not'),
    ]);
  });
});

describe('the quota of a database', () => {
  it.each([
    [{ cmd: ['etcd', '--quota-backend-bytes=6442450944'], env: [] }, 6_442_450_944],
    [{ cmd: ['etcd'], env: ['ETCD_QUOTA_BACKEND_BYTES=4294967296'] }, 4_294_967_296],
    [{ cmd: ['etcd'], env: [] }, 2_147_483_648],
    [{ cmd: ['etcd', '--quota-backend-bytes=0'], env: [] }, 2_147_483_648],
  ])('of %j is %i', (container, bytes) => {
    expect(readQuota(container)).toBe(bytes);
  });
});
