import { describe, expect, it } from 'vitest';
import { etcdError } from '../../src/core/errors.js';
import type { EtcdApi, EtcdStatus } from '../../src/etcd/etcd.js';
import { compactEtcd, defragmentMember, disarmAlarm } from '../../src/execute/handlers/defragment.js';
import type { RunContext } from '../../src/execute/run-context.js';
import type { OperationOf } from '../../src/reconcile/operations.js';
import { defragOperations } from '../../src/reconcile/etcd-care/defrag-operations.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { memberOn, sampleStatus } from '../fakes/membership-model.js';

const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const members = addresses.map(memberOn);
const [first, second] = members as unknown as [ReturnType<typeof memberOn>, ReturnType<typeof memberOn>];

const idOf = (host: string): string => host.slice(-1);

/** Three members of which the first leads; `change` overrides what one reports, `undefined` makes it silent. */
function context(change: Readonly<Record<string, Partial<EtcdStatus> | undefined>> = {}): {
  context: RunContext;
  calls: string[];
} {
  const calls: string[] = [];
  let leader = '1';
  const silent = (host: string): boolean => host in change && change[host] === undefined;
  const etcd: Partial<EtcdApi> = {
    readStatus: ({ host }) =>
      silent(host)
        ? Promise.reject(etcdError('ETCD_UNREACHABLE', 'no answer', { host }))
        : Promise.resolve({ ...sampleStatus, memberId: idOf(host), leader, ...change[host] }),
    transferLeadership: (of, to) => {
      calls.push(`hand over ${of.host} to ${to}`);
      leader = to;
      return Promise.resolve();
    },
    defragment: ({ host }) => {
      calls.push(`defragment ${host}`);
      return Promise.resolve();
    },
    compact: (_, revision) => {
      calls.push(`compact ${revision}`);
      return Promise.resolve();
    },
    disarm: (_, { memberId, alarm }) => {
      calls.push(`disarm ${alarm} of ${memberId}`);
      return Promise.resolve();
    },
  };
  return {
    calls,
    context: fakeContext(
      addresses.map((one) => new FakeHost(one)),
      { etcd: etcd as EtcdApi },
    ),
  };
}

const defragment = (host: string): OperationOf<'defragment-member'> => ({
  id: `defragment@${host}`,
  stage: 'etcd',
  title: 'defragment',
  host,
  after: [],
  kind: 'defragment-member',
  member: memberOn(host),
  members,
  timeoutSeconds: 600,
});
const quiet = (): void => undefined;

describe('a defragmentation', () => {
  it('of a follower interrupts nobody else', async () => {
    const { context: run, calls } = context();
    await defragmentMember(defragment('10.0.0.2'), run, quiet);
    expect(calls).toEqual(['defragment 10.0.0.2']);
  });

  it('of the leader comes after another member has taken over', async () => {
    const { context: run, calls } = context({ '10.0.0.3': { appliedIndex: 9 } });
    await defragmentMember(defragment('10.0.0.1'), run, quiet);
    expect(calls).toEqual(['hand over 10.0.0.1 to 3', 'defragment 10.0.0.1']);
  });

  it.each<[string, Record<string, Partial<EtcdStatus> | undefined>]>([
    ['does not answer', { '10.0.0.3': undefined }],
    ['has no leader', { '10.0.0.3': { leader: '' } }],
    ['has not caught up', { '10.0.0.3': { appliedIndex: -5000 } }],
  ])('is not done while another member %s', async (why, change) => {
    const { context: run, calls } = context(change);
    await expect(defragmentMember(defragment('10.0.0.2'), run, quiet)).rejects.toMatchObject({
      code: 'ETCD_QUORUM',
      exitCode: 8,
      host: '10.0.0.2',
      message: expect.stringContaining(`etcd-10.0.0.3 ${why}`) as string,
    });
    expect(calls).toEqual([]);
  });
});

describe('an alarm NOSPACE', () => {
  const head = { id: 'x', stage: 'etcd', title: 'x', after: [] } as const;

  it('is preceded by a compaction at the current revision', async () => {
    const { context: run, calls } = context({ '10.0.0.1': { revision: 41 } });
    await compactEtcd({ ...head, kind: 'compact-etcd', through: members, timeoutSeconds: 9 }, run);
    expect(calls).toEqual(['compact 41']);
  });

  it('is disarmed if the database has space again, and otherwise stays', async () => {
    const disarm = { ...head, kind: 'disarm-alarm', member: second, memberId: '2', quotaBytes: 100 } as const;
    const { context: run, calls } = context({ '10.0.0.2': { bytes: 40 } });
    await disarmAlarm(disarm, run);
    expect(calls).toEqual(['disarm NOSPACE of 2']);
    const { context: full } = context({ '10.0.0.1': { bytes: 100 } });
    await expect(disarmAlarm({ ...disarm, member: first }, full)).rejects.toMatchObject({
      code: 'ETCD_UNHEALTHY',
      fix: expect.stringContaining('quota-backend-bytes') as string,
    });
  });
});

describe('a defragmentation with the alarm NOSPACE that is killed', () => {
  class Killed extends Error {}

  /** Three full members behind an API that dies after so many changes. */
  function fullMembers(killedAfter: number): {
    run: () => Promise<void>;
    defragmented: Set<string>;
    alarms: Set<string>;
    revive: () => void;
  } {
    const defragmented = new Set<string>();
    const alarms = new Set(addresses.map(idOf));
    let [leader, changes, limit, compacted] = ['1', 0, killedAfter, 0];
    const change = (apply: () => void): Promise<void> => {
      if (changes >= limit) return Promise.reject(new Killed());
      changes += 1;
      apply();
      return changes >= limit ? Promise.reject(new Killed()) : Promise.resolve();
    };
    const statusOf = (host: string): EtcdStatus => ({
      ...sampleStatus,
      ...{ memberId: idOf(host), leader, revision: 41 },
      bytes: defragmented.has(host) ? 40 : 100,
    });
    const etcd: Partial<EtcdApi> = {
      readStatus: ({ host }) => Promise.resolve(statusOf(host)),
      transferLeadership: (_, to) => change(() => (leader = to)),
      defragment: ({ host }) => change(() => void defragmented.add(host)),
      compact: (_, revision) =>
        compacted === revision
          ? Promise.reject(etcdError('ETCD_CALL', 'required revision has been compacted'))
          : change(() => (compacted = revision)),
      disarm: (_, { memberId }) => change(() => void alarms.delete(memberId)),
    };
    const run = async (): Promise<void> => {
      const context = fakeContext(
        addresses.map((one) => new FakeHost(one)),
        { etcd: etcd as EtcdApi },
      );
      const found = {
        members: members.map((member) => ({
          ...member,
          ...{ isLearner: false, status: statusOf(member.host) },
        })),
        alarms: [...alarms].map((memberId) => ({ memberId, alarm: 'NOSPACE' })),
        views: [],
      };
      for (const operation of defragOperations(members, found, () => 100)) {
        if (operation.kind === 'compact-etcd') await compactEtcd(operation, context);
        if (operation.kind === 'defragment-member') await defragmentMember(operation, context, quiet);
        if (operation.kind === 'disarm-alarm') await disarmAlarm(operation, context);
      }
    };
    return { run, defragmented, alarms, revive: () => (limit = Number.POSITIVE_INFINITY) };
  }

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('after change %i is completed by the next run', async (killedAfter) => {
    const { run, defragmented, alarms, revive } = fullMembers(killedAfter);
    await expect(run()).rejects.toThrow(Killed);
    revive();
    await run();
    expect([defragmented.size, alarms.size]).toEqual([3, 0]);
  });
});
