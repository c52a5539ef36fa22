import { describe, expect, it } from 'vitest';
import type { EtcdApi } from '../../src/etcd/etcd.js';
import { recoverEtcd, setAsideEtcd } from '../../src/execute/handlers/recover-etcd.js';
import { helperContainer } from '../../src/execute/helper-container.js';
import type { RunContext } from '../../src/execute/run-context.js';
import { recoveryName } from '../../src/reconcile/diff/own-containers.js';
import type { OperationOf } from '../../src/reconcile/operations.js';
import { sampleContainer } from '../fakes/cluster.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { memberOn, sampleStatus } from '../fakes/membership-model.js';

const address = '10.0.0.1';
const member = memberOn(address);
const head = { stage: 'etcd', title: 'x', host: address, after: [] } as const;
const recover: OperationOf<'recover-etcd'> = {
  ...head,
  id: 'recover',
  kind: 'recover-etcd',
  member,
  container: { ...helperContainer(recoveryName, 'etcd'), cmd: ['etcd', '--force-new-cluster'] },
  image: 'tools',
  script: 'copy',
  aside: '/var/lib/etcd/member.before-recovery-T',
  timeoutSeconds: 3,
};

function prepare(members: number): { host: FakeHost; context: RunContext } {
  const host = new FakeHost(address);
  host.run(sampleContainer('etcd'));
  for (const image of ['tools', 'etcd']) host.images.add(image);
  const etcd: Partial<EtcdApi> = {
    readStatus: () => Promise.resolve({ ...sampleStatus, memberId: '1', leader: '1' }),
    readMembership: () =>
      Promise.resolve({
        clusterId: '1',
        clusterVersion: '3.5.0',
        members: Array.from({ length: members }, (_, id) => ({
          id: String(id),
          name: '',
          peerUrls: [],
          clientUrls: [],
          isLearner: false,
        })),
      }),
  };
  return { host, context: fakeContext([host], { etcd: etcd as EtcdApi }) };
}

const quiet = (): void => undefined;

describe('the member that survives', () => {
  it('is stopped, its data copied, made the only one by a helper, and started as before', async () => {
    const { host, context } = prepare(1);
    await recoverEtcd(host, recover, context, quiet);
    expect(host.calls).toEqual([
      `create ${recoveryName}`,
      'stop etcd',
      'remove kube-cleaner',
      'create kube-cleaner',
      'start kube-cleaner',
      'remove kube-cleaner',
      `start ${recoveryName}`,
      `stop ${recoveryName}`,
      'start etcd',
      `remove ${recoveryName}`,
    ]);
    expect([...host.containers.values()].map(({ name, running }) => [name, running])).toEqual([
      ['etcd', true],
    ]);
  });

  it('gets images that the kubelet has deleted before it is stopped', async () => {
    const { host, context } = prepare(1);
    host.images.clear();
    await recoverEtcd(host, recover, context, quiet);
    const stopped = host.calls.indexOf('stop etcd');
    expect(host.calls.slice(0, stopped)).toEqual([...['pull tools', 'pull etcd', `create ${recoveryName}`]]);
  });

  it('is started again without a change if its data cannot be copied', async () => {
    const { host, context } = prepare(1);
    host.exitCode = 1;
    await expect(recoverEtcd(host, recover, context, quiet)).rejects.toMatchObject({
      code: 'ETCD_RECOVERY',
      exitCode: 8,
      message: expect.stringContaining('nothing was changed') as string,
    });
    expect(host.calls).not.toContain(`start ${recoveryName}`);
    expect([...host.containers.values()].map(({ name, running }) => [name, running])).toEqual([
      ['etcd', true],
    ]);
  });

  it('is started again if it does not become the only one in time', async () => {
    const { host, context } = prepare(3);
    await expect(recoverEtcd(host, recover, context, quiet)).rejects.toMatchObject({
      code: 'ETCD_RECOVERY',
      message: expect.stringContaining('etcd still lists 3 members') as string,
    });
    expect([...host.containers.values()].map(({ name, running }) => [name, running])).toEqual([
      ['etcd', true],
    ]);
  });

  it.each(['stop:etcd', `create:${recoveryName}`, `start:${recoveryName}`, `stop:${recoveryName}`])(
    'is started again if %s fails',
    async (call) => {
      const { host, context } = prepare(1);
      host.fail.set(call, 1);
      await expect(recoverEtcd(host, recover, context, quiet)).rejects.toMatchObject({ code: 'DOCKER_CALL' });
      expect([...host.containers.values()].map(({ name, running }) => [name, running])).toEqual([
        ['etcd', true],
      ]);
    },
  );
});

describe('a member of the old cluster', () => {
  it('loses its container after its data was moved aside, so that a run that was killed is repeated', async () => {
    const { host, context } = prepare(1);
    const aside = {
      ...head,
      id: 'x',
      kind: 'set-aside-etcd',
      image: 'tools',
      script: 'move',
      aside: '/x',
    } as const;
    host.fail.set('remove:etcd', 1);
    await expect(setAsideEtcd(host, aside, context)).rejects.toThrow();
    expect(host.created.get('kube-cleaner')).toHaveLength(1);
    await setAsideEtcd(host, aside, context);
    expect([...host.containers.keys()]).toEqual([]);
  });
});
