import { describe, expect, it } from 'vitest';
import { etcdError } from '../../src/core/errors.js';
import type { EtcdMember, EtcdReader } from '../../src/etcd/etcd.js';
import { surveyEtcd } from '../../src/execute/survey-etcd.js';
import { FakeHost } from '../fakes/host.js';
import { memberOn, sampleStatus } from '../fakes/membership-model.js';

const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const members = addresses.map(memberOn);
const signal = new AbortController().signal;

const listed = (host: string, id: string): EtcdMember => ({
  id,
  name: memberOn(host).name,
  peerUrls: [memberOn(host).peerUrl],
  clientUrls: [memberOn(host).clientUrl],
  isLearner: false,
});

/** Members that answer by their URL; `asked` has from where. */
function reader(answering: readonly string[], list: readonly EtcdMember[] | undefined) {
  const asked: string[] = [];
  const refuse = (host: string) =>
    Promise.reject(etcdError('ETCD_UNREACHABLE', 'connection refused', { host }));
  const etcd: EtcdReader = {
    readStatus: ({ host, url }) => {
      asked.push(`${host} asks ${url}`);
      const { hostname } = new URL(url);
      return answering.includes(hostname)
        ? Promise.resolve({ ...sampleStatus, memberId: hostname.slice(-1), leader: '1' })
        : refuse(host);
    },
    readMembership: ([endpoint]) =>
      list !== undefined && answering.includes(new URL(endpoint?.url ?? '').hostname)
        ? Promise.resolve({ clusterId: '1', clusterVersion: '3.5.0', members: list })
        : Promise.reject(etcdError('ETCD_CALL', 'etcd refused member/list: etcdserver: no leader')),
    readAlarms: () =>
      list === undefined ? refuse('10.0.0.1') : Promise.resolve([{ memberId: '2', alarm: 'NOSPACE' }]),
  };
  return { etcd, asked };
}

const connected = (...reached: readonly string[]) => new Map(reached.map((one) => [one, new FakeHost(one)]));

describe('the survey of etcd', () => {
  it('has what each member reports, also the one whose host was not reached, and one that cluster.yml does not have', async () => {
    const { etcd, asked } = reader(
      ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.9'],
      [...addresses.map((one) => listed(one, one.slice(-1))), listed('10.0.0.9', '9')],
    );
    const hosts = connected('10.0.0.1', '10.0.0.2');
    const { members: found, alarms, views, trouble } = await surveyEtcd({ members }, { hosts, etcd, signal });
    expect(found.map(({ name, host, isListed, status }) => [name, host, isListed, status?.memberId])).toEqual(
      [
        ['etcd-10.0.0.1', '10.0.0.1', true, '1'],
        ['etcd-10.0.0.2', '10.0.0.2', true, '2'],
        ['etcd-10.0.0.3', '10.0.0.3', true, '3'],
        ['etcd-10.0.0.9', undefined, true, '9'],
      ],
    );
    expect(asked).toContain('10.0.0.1 asks https://10.0.0.3:2379');
    expect(alarms).toEqual([{ memberId: '2', alarm: 'NOSPACE' }]);
    expect(views.map(({ host }) => host)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(trouble).toBeUndefined();
  });

  it('works without a majority: then it is not known which members etcd has', async () => {
    const { etcd } = reader(['10.0.0.1'], undefined);
    const found = await surveyEtcd({ members }, { hosts: connected(...addresses), etcd, signal });
    expect(found).toMatchObject({
      views: [],
      alarms: [],
      trouble: 'etcd refused member/list: etcdserver: no leader',
    });
    expect(found.members.map(({ isListed, trouble }) => [isListed, trouble])).toEqual([
      [undefined, undefined],
      [undefined, 'connection refused'],
      [undefined, 'connection refused'],
    ]);
  });

  it('names members that etcd does not have', async () => {
    const { etcd } = reader(['10.0.0.1'], [listed('10.0.0.1', '1')]);
    const found = await surveyEtcd({ members }, { hosts: connected('10.0.0.1'), etcd, signal });
    expect(found.members.map(({ isListed }) => isListed)).toEqual([true, false, false]);
  });
});
