import { join } from 'node:path';
import { expect, it } from 'vitest';
import { warnOfLocks } from '../../src/run/state/warn-of-locks.js';
import { leaseObject } from '../../src/state/lease.js';
import { thisProcess, type LockOwner } from '../../src/state/lock-owner.js';
import { useFolder } from '../cli/run.js';
import { recordingSink } from '../fakes/recording-sink.js';

const folder = useFolder();
const ours = thisProcess('rke up');

async function warnings(owner: LockOwner, renewedAt = Date.now()): Promise<unknown[]> {
  const events = recordingSink();
  const kube = { get: () => Promise.resolve(leaseObject(owner, renewedAt)) };
  const { signal } = new AbortController();
  await warnOfLocks(join(folder(), 'cluster.rkestate'), kube, { events, signal });
  return events.events;
}

it('a run on another machine is reported by the lease of the cluster', async () => {
  expect(await warnings({ ...ours, host: 'far', machine: 'another', started: '' })).toEqual([
    {
      type: 'warning',
      message: expect.stringMatching(
        /^another run is working on the cluster: rke up by .* on far /,
      ) as string,
    },
  ]);
});

it.each<[string, LockOwner, number]>([
  ['has expired', ours, Date.now() - 46_000],
  ['is of a run of this machine that has ended', { ...ours, pid: 2 ** 22 + 1 }, Date.now()],
])('a lease that %s is not', async (_, owner, renewedAt) => {
  expect(await warnings(owner, renewedAt)).toEqual([]);
});
