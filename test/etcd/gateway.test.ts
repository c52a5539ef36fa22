import { describe, expect, it } from 'vitest';
import { createEtcd, type AskMember } from '../../src/etcd/gateway.js';
import type { EtcdEndpoint } from '../../src/etcd/etcd.js';

const signal = new AbortController().signal;
const one: EtcdEndpoint = { host: '10.0.0.1', url: 'https://10.0.0.1:2379' };
const two: EtcdEndpoint = { host: '10.0.0.2', url: 'https://10.0.0.2:2379' };

interface Asked {
  readonly host: string;
  readonly path: string;
  readonly body: unknown;
}

/** Members of one version, of which each answers what `answer` returns for a call of the gateway. */
function members(
  version: string,
  answer: (asked: Asked) => { status?: number; body: unknown },
): { etcd: ReturnType<typeof createEtcd>; asked: Asked[] } {
  const asked: Asked[] = [];
  const ask: AskMember = async ({ host }, { path, body }) => {
    await Promise.resolve();
    if (path === '/version')
      return {
        status: 200,
        body: JSON.stringify({ etcdserver: version, etcdcluster: `${version.slice(0, 3)}.0` }),
      };
    const call = { host, path, body: JSON.parse(body ?? 'null') as unknown };
    asked.push(call);
    const { status = 200, body: sent } = answer(call);
    return { status, body: JSON.stringify(sent) };
  };
  return { etcd: createEtcd(ask), asked };
}

const list = {
  header: { cluster_id: '14841639068965178418', member_id: '1', raft_term: '2' },
  members: [
    {
      ID: '10276657743932975437',
      name: 'etcd-a',
      peerURLs: ['https://10.0.0.1:2380'],
      clientURLs: ['https://10.0.0.1:2379'],
    },
    { ID: '7', peerURLs: ['https://10.0.0.2:2380'], isLearner: true },
  ],
};

describe('the membership through the gateway of etcd', () => {
  it.each([
    ['3.2.24', '/v3alpha/cluster/member/list', {}],
    ['3.3.15', '/v3beta/cluster/member/list', {}],
    ['3.4.16', '/v3/cluster/member/list', {}],
    ['3.5.12', '/v3/cluster/member/list', { linearizable: true }],
    ['3.6.1', '/v3/cluster/member/list', { linearizable: true }],
  ])('is read from %s at %s', async (version, path, body) => {
    const { etcd, asked } = members(version, () => ({ body: list }));
    expect(await etcd.readMembership([one], { signal })).toEqual({
      clusterId: '14841639068965178418',
      clusterVersion: `${version.slice(0, 3)}.0`,
      members: [
        {
          id: '10276657743932975437',
          name: 'etcd-a',
          peerUrls: ['https://10.0.0.1:2380'],
          clientUrls: ['https://10.0.0.1:2379'],
          isLearner: false,
        },
        { id: '7', name: '', peerUrls: ['https://10.0.0.2:2380'], clientUrls: [], isLearner: true },
      ],
    });
    expect(asked).toEqual([{ host: '10.0.0.1', path, body }]);
  });

  it('is read from the next member if one refuses, as a learner does', async () => {
    const { etcd } = members('3.5.12', ({ host }) =>
      host === one.host
        ? { status: 400, body: { code: 14, message: 'etcdserver: rpc not supported for learner' } }
        : { body: list },
    );
    expect((await etcd.readMembership([one, two], { signal })).members).toHaveLength(2);
  });

  it('says what etcd says if all refuse', async () => {
    const { etcd } = members('3.5.12', () => ({
      status: 503,
      body: { code: 14, error: 'etcdserver: no leader' },
    }));
    await expect(etcd.readMembership([one, two], { signal })).rejects.toMatchObject({
      code: 'ETCD_CALL',
      exitCode: 8,
      host: '10.0.0.2',
      message: 'etcd refused member/list: etcdserver: no leader',
    });
  });

  it('is not known if nothing answers', async () => {
    const etcd = createEtcd(() => Promise.reject(new Error('connect ECONNREFUSED')));
    await expect(etcd.readMembership([one], { signal })).rejects.toMatchObject({
      code: 'ETCD_UNREACHABLE',
      message: expect.stringContaining('https://10.0.0.1:2379') as unknown,
    });
    await expect(etcd.readMembership([], { signal })).rejects.toMatchObject({ code: 'ETCD_UNREACHABLE' });
  });

  it('ends with the reason of its signal', async () => {
    const control = new AbortController();
    const reason = new Error('interrupted');
    const etcd = createEtcd((_endpoint, _request, options) => {
      control.abort(reason);
      return Promise.reject(options.signal.reason as Error);
    });
    await expect(etcd.readMembership([one, two], { signal: control.signal })).rejects.toBe(reason);
  });
});

describe('a change of the membership', () => {
  it('sends what etcd expects', async () => {
    const { etcd, asked } = members('3.5.12', () => ({ body: {} }));
    await etcd.addMember([one], { peerUrl: 'https://10.0.0.2:2380', isLearner: true }, { signal });
    await etcd.promoteMember([one], '7', { signal });
    await etcd.removeMember([one], '7', { signal });
    await etcd.transferLeadership(one, '8', { signal });
    expect(asked.map(({ path, body }) => [path, body])).toEqual([
      ['/v3/cluster/member/add', { peerURLs: ['https://10.0.0.2:2380'], isLearner: true }],
      ['/v3/cluster/member/promote', { ID: '7' }],
      ['/v3/cluster/member/remove', { ID: '7' }],
      ['/v3/maintenance/transfer-leadership', { targetID: '8' }],
    ]);
  });

  it('is not made through the next member if etcd has refused it', async () => {
    const { etcd, asked } = members('3.5.12', () => ({
      status: 400,
      body: { code: 9, message: 'etcdserver: unhealthy cluster' },
    }));
    await expect(
      etcd.addMember([one, two], { peerUrl: 'https://10.0.0.3:2380', isLearner: true }, { signal }),
    ).rejects.toMatchObject({ message: 'etcd refused member/add: etcdserver: unhealthy cluster' });
    expect(asked).toHaveLength(1);
  });

  it('adds no learner to a cluster that would take it for a member that votes', async () => {
    const { etcd, asked } = members('3.3.15', () => ({ body: {} }));
    const learner = { peerUrl: 'https://10.0.0.3:2380', isLearner: true };
    await expect(etcd.addMember([one], learner, { signal })).rejects.toMatchObject({ code: 'ETCD_CALL' });
    expect(asked).toEqual([]);
  });
});

describe('a member', () => {
  const answer = {
    header: { cluster_id: '14841639068965178418', member_id: '7', revision: '48211', raft_term: '3' },
    version: '3.5.12',
    dbSize: '6291456',
    leader: '10276657743932975437',
    raftIndex: '120',
    raftTerm: '3',
    raftAppliedIndex: '118',
    dbSizeInUse: '4194304',
  };

  it('reports how far it is, whom it follows, and how large its database is', async () => {
    const { etcd } = members('3.5.12', () => ({ body: answer }));
    expect(await etcd.readStatus(one, { signal })).toEqual({
      clusterId: '14841639068965178418',
      memberId: '7',
      version: '3.5.12',
      raftIndex: 120,
      appliedIndex: 118,
      raftTerm: 3,
      revision: 48_211,
      leader: '10276657743932975437',
      isLearner: false,
      bytes: 6_291_456,
      bytesInUse: 4_194_304,
    });
  });

  it('without a leader has none, and one before 3.4 does not report what is in use', async () => {
    const old = { ...answer, leader: '0', dbSizeInUse: undefined, raftAppliedIndex: undefined };
    const { etcd } = members('3.3.15', () => ({ body: old }));
    expect(await etcd.readStatus(one, { signal })).toMatchObject({
      leader: '',
      appliedIndex: 120,
      bytesInUse: undefined,
    });
  });

  it('is defragmented, compacted, and its alarm disarmed with what etcd expects', async () => {
    const { etcd, asked } = members('3.5.12', () => ({
      body: { alarms: [{ memberID: '7', alarm: 'NOSPACE' }] },
    }));
    expect(await etcd.readAlarms([one], { signal })).toEqual([{ memberId: '7', alarm: 'NOSPACE' }]);
    await etcd.compact([one], 40, { signal, milliseconds: 1000 });
    await etcd.defragment(one, { signal, milliseconds: 1000 });
    await etcd.disarm([one], { memberId: '7', alarm: 'NOSPACE' }, { signal });
    expect(asked.map(({ path, body }) => [path, body])).toEqual([
      ['/v3/maintenance/alarm', { action: 'GET' }],
      ['/v3/kv/compaction', { revision: '40', physical: true }],
      ['/v3/maintenance/defragment', {}],
      ['/v3/maintenance/alarm', { action: 'DEACTIVATE', memberID: '7', alarm: 'NOSPACE' }],
    ]);
  });
});
