import { describe, expect, it } from 'vitest';
import { awaitMembers } from '../../src/execute/handlers/await-members.js';
import type { ContainerCheck } from '../../src/reconcile/kinds/wait-kinds.js';
import type { OperationOf } from '../../src/reconcile/operations.js';
import { url, world } from './health-world.js';

describe('the check of the other members', () => {
  const others = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'];
  const members = others.map((host) => ({ host, container: 'etcd', check: { url } }));
  const operation = (): OperationOf<'await-members'> => ({
    id: 'others:etcd@10.0.0.5',
    stage: 'etcd',
    title: 'enough others',
    after: [],
    kind: 'await-members',
    members,
    need: 3,
    timeoutSeconds: 60,
  });

  it('allows an interruption with a majority, without waiting for the rest', async () => {
    const { context, sick, passed } = world(others, 'etcd');
    sick.add('10.0.0.2');
    await awaitMembers(operation(), context, () => undefined);
    expect(passed()).toBe(0);
  });

  it('refuses an interruption without a majority, with exit code 8 and a fix', async () => {
    const { context, sick } = world(others, 'etcd');
    sick.add('10.0.0.2').add('10.0.0.4');
    await expect(awaitMembers(operation(), context, () => undefined)).rejects.toMatchObject({
      code: 'TOO_FEW_HEALTHY',
      exitCode: 8,
      message: expect.stringContaining('2 of 4 other members of etcd healthy') as string,
      fix: expect.stringContaining('check `docker logs etcd` on 10.0.0.2, 10.0.0.4') as string,
    });
  });

  it('waits for members that recover meanwhile', async () => {
    const { context, sick, passed } = world(others, 'etcd');
    sick.add('10.0.0.2').add('10.0.0.4');
    const onWaiting = (): void => void sick.delete('10.0.0.4');
    await awaitMembers(operation(), context, onWaiting);
    expect(passed()).toBe(0);
  });

  it('allows the repair of an unhealthy member if there is no majority to lose, but not after a momentary loss', async () => {
    const own = { host: '10.0.0.5', container: 'etcd', check: { url } };
    const repair = { ...operation(), own };
    const { context, sick, passed } = world([...others, '10.0.0.5'], 'etcd');
    sick.add('10.0.0.2').add('10.0.0.4').add('10.0.0.5');
    await awaitMembers(repair, context, () => undefined);
    expect(passed()).toBe(15);
    // It is healthy itself: with it there is a majority, without it there is none.
    sick.delete('10.0.0.5');
    await expect(awaitMembers(repair, context, () => undefined)).rejects.toMatchObject({ exitCode: 8 });
  });

  it('counts members that cannot be asked for the majority, not as healthy, and not as lost', async () => {
    const own = { host: '10.0.0.5', container: 'etcd', check: { url } };
    // Of 7 members 2 cannot be asked, 3 of the others are healthy, and 4 must be.
    const given = { ...operation(), absent: 2, need: 4 };
    const { context, sick } = world([...others, '10.0.0.5'], 'etcd');
    sick.add('10.0.0.1').add('10.0.0.5');
    await expect(awaitMembers(given, context, () => undefined)).rejects.toMatchObject({
      message: expect.stringContaining('3 of 4 other members of etcd healthy') as string,
    });
    // With the 2 there may be a majority, which a repair of this member would not cost, but that of the next one would.
    await expect(awaitMembers({ ...given, own }, context, () => undefined)).rejects.toMatchObject({
      message: expect.stringContaining('2 on unreachable hosts') as string,
    });
    sick.add('10.0.0.2').add('10.0.0.3');
    await awaitMembers({ ...given, own }, context, () => undefined);
  });

  it('without anybody to ask names the unreachable hosts as the cause', async () => {
    const { context } = world(others, 'etcd');
    const given = { ...operation(), members: [], absent: 2, need: 2 };
    await expect(awaitMembers(given, context, () => undefined)).rejects.toMatchObject({
      code: 'TOO_FEW_HEALTHY',
      message:
        '0 of 0 other members of etcd healthy after 60s, 2 needed to interrupt one: 2 on unreachable hosts',
      fix: 'make the unreachable hosts reachable, then run `rke up` again',
    });
  });

  it('allows the repair of an API server that serves nobody, but not if it recovers', async () => {
    const check = (host: string): ContainerCheck => ({ host, container: 'kube-apiserver', check: { url } });
    const hosts = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
    const [own, ...rest] = hosts.map(check);
    const repair = { ...operation(), stage: 'controlplane' as const, members: rest, need: 2, own };
    const { context, sick, passed } = world(hosts, 'kube-apiserver');
    sick.add('10.0.0.1').add('10.0.0.3');
    await awaitMembers(repair as ReturnType<typeof operation>, context, () => undefined);
    expect(passed()).toBe(15);
    sick.delete('10.0.0.1');
    await expect(
      awaitMembers(repair as ReturnType<typeof operation>, context, () => undefined),
    ).rejects.toMatchObject({ code: 'TOO_FEW_HEALTHY', exitCode: 7 });
  });
});
