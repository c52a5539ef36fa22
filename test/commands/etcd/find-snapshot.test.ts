import { beforeEach, describe, expect, it } from 'vitest';
import { findSnapshot } from '../../../src/commands/etcd/find-snapshot.js';
import type { RkeError } from '../../../src/core/errors.js';
import type { RunFailedError } from '../../../src/core/hosts-error.js';
import { a, b } from '../../config/running/judge.js';
import { goodLook, RestoreCluster } from './restore-cluster.js';

let cluster: RestoreCluster;

beforeEach(() => {
  cluster = new RestoreCluster();
});

/** A snapshot in the list of a host. */
const listed = (name: string, at = 1): string => `2048 ${at} ${name}.zip\n`;

/** Failures of a search, as host, code, message and fix. */
async function failures(name = 'nightly'): Promise<(string | undefined)[][]> {
  const error = (await findSnapshot(cluster.run, name).catch((thrown: unknown) => thrown)) as RunFailedError;
  expect(error.exitCode).toBe(8);
  return error.failures.map(({ host, error: { message, ...more } }) => {
    const { code, details } = more as unknown as RkeError;
    const { fix } = details;
    return [host, code, message, typeof fix === 'function' ? fix('HOST') : fix];
  });
}

describe('a snapshot that no etcd host has', () => {
  it('is reported with the nearest name, and the names there are, newest first', async () => {
    cluster.lists.set(a, listed('nightly-1', 1) + listed('before-upgrade', 3));
    cluster.lists.set(b, listed('nightly-1', 2));
    expect(await failures('nihgtly-1')).toEqual([
      [
        undefined,
        'SNAPSHOT_NOT_FOUND',
        'no etcd host has a snapshot nihgtly-1; did you mean "nightly-1"?',
        'use one of: before-upgrade, nightly-1; or `--file FILE` for an archive on this machine',
      ],
    ]);
    expect(cluster.ran).toEqual([]);
  });

  it('is reported with five names at most', async () => {
    cluster.lists.set(a, [1, 2, 3, 4, 5, 6].map((number) => listed(`s${number}`, number)).join(''));
    const [failure] = await failures();
    expect(failure?.[3]).toMatch(/^use one of: s6, s5, s4, s3, s2, …; or/);
  });

  it('is reported without names if there are none', async () => {
    expect((await failures())[0]?.[3]).toMatch(/^no etcd host has any snapshot/);
  });

  it('is looked for as root if a host cannot be listed, and nothing is claimed about other names', async () => {
    cluster.lists.set(a, new Error('permission denied'));
    expect((await failures())[0]?.slice(1)).toEqual([
      'SNAPSHOT_NOT_FOUND',
      'no etcd host has a snapshot nightly',
      'list them as root with `ls /opt/rke/etcd-snapshots` on the etcd hosts, or use `--file FILE` for an archive on this machine',
    ]);
    cluster.lists.set(b, listed('weekly'));
    expect((await failures())[0]?.[3]).toMatch(/^use one of: weekly;/);
    expect(cluster.ran).toEqual([`look@${a}`, `look@${b}`, `look@${a}`, `look@${b}`]);
  });
});

describe('a snapshot on etcd hosts', () => {
  beforeEach(() => {
    for (const host of [a, b]) cluster.lists.set(host, listed('nightly'));
  });

  it('is that of the first host with a good archive, with the state in it', async () => {
    cluster.looks.set(b, goodLook('x'));
    cluster.stateInside = '{"desiredState":{}}';
    expect(await findSnapshot(cluster.run, 'nightly')).toMatchObject({
      ...{ host: b, isAccepted: false },
      found: { id: 'x', revision: 7, keys: 3, state: '{"desiredState":{}}' },
    });
    expect(cluster.events.events.filter(({ type }) => type === 'warning')).toEqual([]);
  });

  it('is not taken from a host whose archive is damaged, which is reported', async () => {
    cluster.looks.set(a, 'kind=zip\ndamaged=the snapshot is truncated: 7 bytes\n');
    cluster.looks.set(b, goodLook('x'));
    expect(await findSnapshot(cluster.run, 'nightly')).toMatchObject({ host: b });
    expect(cluster.events.events).toContainEqual({
      ...{ type: 'warning', host: a },
      message: 'the archive of snapshot nightly is not used: the snapshot is truncated: 7 bytes',
    });
  });

  it('is refused if every archive is damaged or cannot be checked, with the reason of each host', async () => {
    cluster.looks.set(a, 'kind=zip\ndamaged=the snapshot is truncated: 7 bytes\n');
    cluster.looks.set(b, 'kind=zip\ntrouble=no space for the check\n');
    expect((await failures()).map(([host, code, message]) => [host, code, message])).toEqual([
      [
        a,
        'SNAPSHOT_INVALID',
        'the archive of snapshot nightly is damaged: the snapshot is truncated: 7 bytes; nothing was changed',
      ],
      [b, 'SNAPSHOT_UNREADABLE', 'the archive of snapshot nightly cannot be checked: no space for the check'],
    ]);
  });

  it('is not looked for further if a host cannot be searched', async () => {
    cluster.looks.set(b, goodLook('x'));
    cluster.failing = /look@10.10.0.11/;
    await expect(findSnapshot(cluster.run, 'nightly')).rejects.toMatchObject({
      code: 'SNAPSHOT_UNREADABLE',
      exitCode: 8,
    });
  });

  it('is accepted if the state records that, although its hosts have settled', async () => {
    cluster.looks.set(a, goodLook('x'));
    cluster.state = {
      desiredState: {},
      currentState: {},
      restore: { name: 'nightly', id: 'x', accepted: true },
    };
    expect(await findSnapshot(cluster.run, 'nightly')).toMatchObject({ host: a, isAccepted: true });
    cluster.state = { desiredState: {}, currentState: {}, restore: { name: 'nightly', id: 'x' } };
    expect(await findSnapshot(cluster.run, 'nightly')).toMatchObject({ host: a, isAccepted: false });
  });

  it('is searched for on etcd hosts alone, with an image that is pulled if it is missing', async () => {
    cluster.looks.set(a, goodLook('x'));
    const image = cluster.plan.nodes[0]?.snapshot?.container.image ?? '';
    cluster.hostAt(a).images.delete(image);
    (cluster.observed.hosts.get(a)?.images as Map<string, unknown>).delete(image);
    await findSnapshot(cluster.run, 'nightly');
    expect(cluster.hostAt(a).calls).toContain(`pull ${image}`);
    expect([...cluster.ran].sort()).toEqual([`look@${a}`, `look@${b}`]);
    expect(cluster.runningOn(a)).toContain('etcd');
  });
});

describe('a restore that another run has started', () => {
  const unmarked = { desiredState: {}, currentState: {} };
  beforeEach(() => {
    cluster.lists.set(a, listed('nightly')).set(b, listed('nightly'));
    // The new data is prepared, and Kubernetes is stopped: no lease keeps the two runs apart.
    cluster.looks.set(a, `id=x\nphase=started\n${goodLook('x')}`);
    cluster.isApiDown = true;
    cluster.state = unmarked;
  });

  it('is not joined by one with another copy of the state', async () => {
    expect(await failures()).toEqual([
      [
        a,
        'RESTORE_UNFINISHED',
        'another run has started a restore, with another copy of cluster.rkestate; nothing was changed',
        'wait until that run has ended; if it was interrupted, continue it where it was started; if that is not possible, run this command again with --break-lock',
      ],
    ]);
    expect(cluster.ran.filter((one) => !one.startsWith('look'))).toEqual([]);
    // What the other run does on the host is not interrupted by looking.
    expect(cluster.hostAt(a).calls.filter((call) => call.endsWith(' etcd-restore'))).toEqual([]);
  });

  it('ends what a killed run has left before it looks, if this state records it', async () => {
    cluster.state = { ...unmarked, restore: { name: 'nightly', id: 'x' } };
    await findSnapshot(cluster.run, 'nightly');
    expect(cluster.hostAt(a).calls).toContain('remove etcd-restore');
  });

  it.each<[string, () => void]>([
    ['this state records it', () => (cluster.state = { ...unmarked, restore: { name: 'nightly', id: 'x' } })],
    ['the state is lost', () => (cluster.state = undefined)],
    ['the API answers: it was killed before it stopped anything', () => (cluster.isApiDown = false)],
    ['the user breaks the lock', () => (cluster.isBreaking = true)],
    ['no host has anything of it', () => cluster.looks.set(a, goodLook('x'))],
  ])('is continued or replaced if %s', async (_, change) => {
    change();
    expect(await findSnapshot(cluster.run, 'nightly')).toMatchObject({ host: a });
  });
});
