import { describe, expect, it } from 'vitest';
import { awaitHealthy } from '../../src/execute/handlers/health.js';
import { helperContainer } from '../../src/execute/helper-container.js';
import type { KubeApi } from '../../src/kube/kube.js';
import type { KubeObject } from '../../src/plan/cluster-plan-types.js';
import { fakeClock } from '../fakes/clock.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { lease, name } from '../fakes/controller-lease.js';

const start = 1_800_000_000;
const at = (seconds: number): string => new Date((start + seconds) * 1000).toISOString();

interface World {
  /** The holder of the Lease, since when, and how long it has renewed it every 2 s; undefined if it cannot be read. */
  readonly leader: (now: number) => { holder: string; since: number; until?: number } | undefined;
  /** When Docker has started the container last, and how often again. */
  readonly container?: (now: number) => { since: number; restartCount: number };
}

/** Seconds that the wait for a container took that was created at 0. */
async function secondsOf({
  leader,
  container = () => ({ since: 0, restartCount: 0 }),
}: World): Promise<number> {
  const clock = fakeClock();
  const now = (): number => Math.floor(clock.now() / 1000);
  const host = new FakeHost('10.0.0.1');
  host.run(helperContainer(name, 'image'));
  host.prints = (command) => {
    const { since, restartCount } = container(now());
    const found = host.containers.get(name);
    if (found !== undefined) host.containers.set(name, { ...found, startedAt: at(since), restartCount });
    return command.startsWith('date') ? `${start + now()}\n` : '';
  };
  const get = (): Promise<KubeObject> => {
    const found = leader(now());
    if (found === undefined) return Promise.reject(new Error('no API'));
    const { holder, since, until = Infinity } = found;
    const renewed = since + Math.floor((Math.min(now(), until) - since) / 2) * 2;
    const spec = { holderIdentity: holder, acquireTime: at(since), renewTime: at(renewed) };
    return Promise.resolve({ ...lease, metadata: { name }, spec });
  };
  const probe = (): Promise<{ status: number; body: string }> => Promise.resolve({ status: 200, body: 'ok' });
  const context = fakeContext([host], { clock, probe, kube: { get } as unknown as KubeApi });
  const election = { lease, startSeconds: 5 };
  const check = { url: 'https://localhost:10257/healthz', election };
  await awaitHealthy(
    {
      id: 'healthy',
      stage: 'controlplane',
      title: 'healthy',
      after: [],
      kind: 'await-healthy',
      checks: [{ host: '10.0.0.1', container: name, check, steadySeconds: 25 }],
      need: 1,
      timeoutSeconds: 120,
    },
    context,
    () => undefined,
  );
  return now();
}

describe('a container that waits for an election', () => {
  it('is healthy after some seconds if another one leads', async () => {
    expect(await secondsOf({ leader: () => ({ holder: 'b', since: -3600 }) })).toBe(5);
  });

  it('is healthy when a new leader has started its work, be it itself or another one', async () => {
    const afterAnElection = (now: number): { holder: string; since: number; until?: number } =>
      now < 10 ? { holder: 'old', since: -3600, until: -1 } : { holder: 'new', since: 10 };
    expect(await secondsOf({ leader: afterAnElection })).toBe(16);
  });

  it('is healthy when it was up for longer than an election, if the Lease cannot be read', async () => {
    expect(await secondsOf({ leader: () => undefined })).toBe(25);
  });

  it.each([
    ['nobody holds the Lease', () => ({ holder: '', since: 0 })],
    ['its holder does not renew it', () => ({ holder: 'dead', since: -3600, until: -1 })],
    ['leaders change all the time', (now: number) => ({ holder: String(now), since: now })],
  ])('is not healthy earlier than that if %s', async (_, leader) => {
    expect(await secondsOf({ leader })).toBe(25);
  });

  it('is not healthy earlier than that if Docker had to restart it, whoever leads', async () => {
    const container = (now: number): { since: number; restartCount: number } =>
      now < 4 ? { since: 0, restartCount: 0 } : { since: 4, restartCount: 1 };
    expect(await secondsOf({ leader: () => ({ holder: 'b', since: -3600 }), container })).toBe(29);
  });
});
