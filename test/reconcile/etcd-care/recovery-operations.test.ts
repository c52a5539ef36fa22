import { describe, expect, it } from 'vitest';
import { decideRecovery, type Recovery } from '../../../src/reconcile/etcd-care/decide-recovery.js';
import { defragFault, defragOperations } from '../../../src/reconcile/etcd-care/defrag-operations.js';
import { recoveryOperations } from '../../../src/reconcile/etcd-care/recovery-operations.js';
import type { ClusterPlan, ContainerSpec } from '../../../src/plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../../src/reconcile/observed.js';
import type { Operation } from '../../../src/reconcile/operations.js';
import { observedFrom, sampleContainer, samplePlan } from '../../fakes/cluster.js';
import { memberOn } from '../../fakes/membership-model.js';
import { hostOf, survey, surveyed, view } from './survey.js';

const servers = (letters: string): string =>
  `--etcd-servers=${Array.from(letters)
    .map((one) => memberOn(hostOf(one)).clientUrl)
    .join(',')}`;

/** A plan with members a, b and c, and kube-apiserver on a. */
const etcd: ContainerSpec = {
  ...sampleContainer('etcd'),
  entrypoint: [],
  cmd: ['etcd', '--data-dir=/var/lib/rancher/etcd/', '--initial-cluster=old', '--initial-cluster-state=new'],
  binds: ['/var/lib/etcd:/var/lib/rancher/etcd/'],
};
const api: ContainerSpec = {
  ...sampleContainer('kube-apiserver'),
  entrypoint: ['kube-apiserver', servers('abc'), '--v=2'],
  volumesFrom: [],
  cmd: [],
};

function planWith(apiServer: ContainerSpec): ClusterPlan {
  const base = samplePlan([['etcd', 'controlplane'], ['etcd'], ['etcd']]);
  const nodes = base.nodes.map((node, index) => ({
    ...node,
    containers: index === 0 ? [etcd, apiServer] : [etcd],
  }));
  const members = base.nodes.map(({ node }) => memberOn(node.address));
  return { ...base, nodes, members, formerMembers: [] };
}

const plan = planWith(api);

/** The hosts that were reached, as they run. */
function running(letters: string, apiServer = api): ObservedCluster {
  const all = observedFrom(planWith(apiServer));
  const reached = Array.from(letters).map(hostOf);
  return { hosts: new Map([...all.hosts].filter(([address]) => reached.includes(address))), kube: undefined };
}

function operationsOf(recovery: Recovery, observed: ObservedCluster): Operation[] {
  if (recovery.kind === 'refuse') throw new Error(recovery.why);
  const mayJoin = new Set(['a', 'b', 'c'].map(hostOf));
  return recoveryOperations({ plan, observed, recovery, mayJoin, stamp: 'T' });
}
const idsOf = (operations: readonly Operation[]): string[] => operations.map(({ id }) => id);
const lost = (letter: string) => surveyed(letter, 'down');

describe('the operations of a recovery', () => {
  it('make the survivor the only member, with a copy of its data, and give kube-apiserver no lost member', () => {
    const observed = running('a');
    const recovery = decideRecovery(survey([surveyed('a', { leader: '' }), lost('b'), lost('c')]), observed);
    const operations = operationsOf(recovery, observed);
    expect(idsOf(operations)).toEqual([
      'recover-etcd@10.0.0.1',
      'run:kube-apiserver@10.0.0.1',
      'healthy:kube-apiserver@10.0.0.1',
    ]);
    const [recover, replace] = operations;
    expect(recover).toMatchObject({
      aside: '/var/lib/etcd/member.before-recovery-T',
      container: { cmd: [...etcd.cmd, '--force-new-cluster'], networkMode: 'host', binds: etcd.binds },
    });
    expect(replace).toMatchObject({
      after: ['recover-etcd@10.0.0.1'],
      container: { entrypoint: ['kube-apiserver', servers('a'), '--v=2'] },
    });
  });

  it('pull the image of their helper if the kubelet has deleted it', () => {
    const { hosts } = running('ab');
    const without = new Map([...hosts].map(([address, host]) => [address, { ...host, images: new Map() }]));
    const observed: ObservedCluster = { hosts: without, kube: undefined };
    const members = [surveyed('a', { leader: '', revision: 5 }), surveyed('b', { leader: '' }), lost('c')];
    const operations = operationsOf(decideRecovery(survey(members), observed), observed);
    const find = (id: string) => operations.find((one) => one.id === id);
    expect(find('recover-etcd@10.0.0.1')?.after).toEqual(['pull:tools@10.0.0.1']);
    expect(find('set-aside-etcd@10.0.0.2')?.after).toContain('pull:tools@10.0.0.2');
    expect(find('pull:tools@10.0.0.1')?.kind).toBe('pull-image');
  });

  it('move the data of the others aside after that, and add them one after the other as learners', () => {
    const observed = running('ab');
    const recovery = decideRecovery(
      survey([surveyed('a', { leader: '', revision: 5 }), surveyed('b', { leader: '' }), lost('c')]),
      observed,
    );
    const operations = operationsOf(recovery, observed);
    expect(idsOf(operations)).toEqual([
      'recover-etcd@10.0.0.1',
      'set-aside-etcd@10.0.0.2',
      'add-member@10.0.0.2',
      'run:etcd@10.0.0.2',
      'healthy:etcd@10.0.0.2',
      'promote-member@10.0.0.2',
      'run:kube-apiserver@10.0.0.1',
      'healthy:kube-apiserver@10.0.0.1',
    ]);
    const find = (id: string) => operations.find((one) => one.id === id);
    expect(find('set-aside-etcd@10.0.0.2')?.after).toEqual(['recover-etcd@10.0.0.1']);
    expect(find('add-member@10.0.0.2')?.after).toContain('set-aside-etcd@10.0.0.2');
    expect(find('run:etcd@10.0.0.2')).toMatchObject({
      kind: 'create-container',
      container: { cmd: expect.arrayContaining(['--initial-cluster-state=existing']) as string[] },
    });
  });

  it('bring hosts back that had been lost, and kube-apiserver all members', () => {
    const observed = running('abc', { ...api, entrypoint: ['kube-apiserver', servers('a'), '--v=2'] });
    const views = [view('a', 'a'), view('b', 'abc'), view('c', 'abc')];
    const members = [surveyed('a'), surveyed('b', { leader: '2' }), surveyed('c', { leader: '2' })];
    const operations = operationsOf(decideRecovery(survey(members, { views }), observed), observed);
    expect(operations.map(({ kind }) => kind)).toEqual([
      'set-aside-etcd',
      'set-aside-etcd',
      ...['b', 'c'].flatMap(() => ['add-member', 'create-container', 'await-healthy', 'promote-member']),
      'replace-container',
      'await-healthy',
    ]);
    expect(operations.at(-2)).toMatchObject({ container: api });
  });

  it('apply no other change of cluster.yml to kube-apiserver', () => {
    const observed = running('a', { ...api, entrypoint: ['kube-apiserver', servers('abc'), '--v=9'] });
    const recovery = decideRecovery(survey([surveyed('a', { leader: '' }), lost('b'), lost('c')]), observed);
    expect(idsOf(operationsOf(recovery, observed))).toEqual(['recover-etcd@10.0.0.1']);
  });
});

describe('the operations of a defragmentation', () => {
  const members = ['a', 'b', 'c'].map((letter) => memberOn(hostOf(letter)));
  const three = [surveyed('a'), surveyed('b'), surveyed('c')];
  const quota = (): number => 100;

  it('take one member after the other, the leader last', () => {
    const operations = defragOperations(members, survey(three), quota);
    expect(operations.map(({ host, after }) => [host, after])).toEqual([
      ['10.0.0.2', []],
      ['10.0.0.3', ['defragment@10.0.0.2']],
      ['10.0.0.1', ['defragment@10.0.0.3']],
    ]);
  });

  it('delete the history before and disarm after them if there is the alarm NOSPACE', () => {
    const alarms = [{ memberId: '2', alarm: 'NOSPACE' }];
    const operations = defragOperations(members, survey(three, { alarms }), quota);
    expect(operations.map(({ kind }) => kind)).toEqual([
      'compact-etcd',
      'defragment-member',
      'defragment-member',
      'defragment-member',
      'disarm-alarm',
    ]);
    expect(operations.at(-1)).toMatchObject({
      host: '10.0.0.2',
      quotaBytes: 100,
      after: ['defragment@10.0.0.1'],
    });
  });

  it('are refused while a member is not healthy', () => {
    expect(defragFault({ members: three })).toBeUndefined();
    expect(defragFault({ members: [surveyed('a'), lost('b')] })).toContain('etcd-b (connection refused)');
  });
});
