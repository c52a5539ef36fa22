import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFile, lockPath, type FileLock } from '../../src/state/lock-file.js';
import { thisProcess, type LockOwner } from '../../src/state/lock-owner.js';
import { SimulatedDisk } from './simulated-disk.js';
import { kill, startChild } from './start-child.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rke-lock-'));
  path = lockPath(join(folder, 'cluster.rkestate'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const up = (): LockOwner => thisProcess('rke up');
const take = (owner = up(), isBreaking = false): Promise<FileLock> => lockFile(path, owner, { isBreaking });
const held = async (): Promise<LockOwner> => JSON.parse(await readFile(path, 'utf8')) as LockOwner;

/** A process of this machine that has ended: pids never get this high. */
const gone = (): LockOwner => ({ ...up(), pid: 2 ** 22 + 1 });

describe('the lock of a state file', () => {
  it('names its owner, is readable only by the owner of the file, and is released with its run', async () => {
    {
      await using _lock = await take();
      expect(await held()).toMatchObject({
        owner: userInfo().username,
        host: hostname(),
        pid: process.pid,
        command: 'rke up',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      });
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect(await readdir(folder)).toEqual(['cluster.rkestate.lock']);
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it('is refused to a second run, with the owner and a fix', async () => {
    await using _lock = await take();
    await expect(take(thisProcess('rke remove'))).rejects.toMatchObject({
      code: 'STATE_LOCKED',
      exitCode: 4,
      message: expect.stringContaining(
        `rke up by ${userInfo().username} on ${hostname()} (pid ${process.pid}), since 2`,
      ) as string,
      fix: expect.stringContaining('--break-lock') as string,
    });
    expect(await held()).toMatchObject({ command: 'rke up' });
    expect(await readdir(folder)).toEqual(['cluster.rkestate.lock']);
  });

  it('detects that another run has broken it, however that run ended', async () => {
    await using first = await take();
    await first.check();
    const second = await lockFile(path, { ...up(), command: 'rke remove' }, { isBreaking: true });
    const lost = { code: 'LOCK_LOST', exitCode: 4, message: expect.stringContaining('rke remove') as string };
    await expect(first.check()).rejects.toMatchObject(lost);
    await second[Symbol.asyncDispose]();
    await expect(first.check()).rejects.toMatchObject({ code: 'LOCK_LOST' });
  });

  it('is kept while its process lives, and taken over if that was killed', async () => {
    const child = await startChild('lock', path);
    await expect(take()).rejects.toThrow(`(pid ${child.pid ?? 0})`);
    await kill(child);
    await using _lock = await take();
    expect(await held()).toMatchObject({ pid: process.pid });
  }, 30_000);

  it.each<[string, () => LockOwner]>([
    ['whose process has ended', gone],
    ['whose pid is another process now', () => ({ ...up(), started: up().started.replace(/^\d+/, '1') })],
  ])('is taken over from a run %s', async (_what, owner) => {
    await writeFile(path, JSON.stringify(owner()));
    await using _lock = await take();
    expect(await held()).toMatchObject({ pid: process.pid, command: 'rke up' });
    expect(await readdir(folder)).toEqual(['cluster.rkestate.lock']);
  });

  it.each<[string, () => string]>([
    [
      'before the machine was last started, or on another one with its name',
      () => JSON.stringify({ ...gone(), started: '1@earlier' }),
    ],
    ['without a start time', () => JSON.stringify({ ...gone(), started: '' })],
    ['on another host', () => JSON.stringify({ ...gone(), host: 'elsewhere' })],
    ['in another container', () => JSON.stringify({ ...gone(), machine: 'other' })],
    ['that the lock does not name', () => 'locked'],
    ['that the lock does not name because it is empty', () => ''],
    ['with an invalid pid', () => JSON.stringify({ ...gone(), pid: -1 })],
  ])('of a run %s is broken only if the user requests it', async (_what, text) => {
    await writeFile(path, text());
    await expect(take()).rejects.toMatchObject({ code: 'STATE_LOCKED' });
    await using _lock = await take(up(), true);
    expect(await held()).toMatchObject({ pid: process.pid });
  });

  it('belongs to the run that broke it', async () => {
    const first = await take();
    await using _second = await take(thisProcess('rke remove'), true);
    await first[Symbol.asyncDispose]();
    expect(await held()).toMatchObject({ command: 'rke remove' });
  });

  it('is acquired by one of many that find the lock of a dead run', async () => {
    for (let round = 0; round < 5; round++) {
      await writeFile(path, JSON.stringify(gone()));
      const tries = await Promise.allSettled(Array.from({ length: 12 }, () => take()));
      const taken = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(taken).toHaveLength(1);
      for (const one of tries)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'STATE_LOCKED' });
      await taken[0]?.[Symbol.asyncDispose]();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it('can be acquired by the next run after a kill at any step, even during a takeover', async () => {
    const dead = gone();
    for (const start of [{}, { 'prod/x.lock': JSON.stringify(gone()) }]) {
      for (let step = 0; ; step++) {
        const disk = new SimulatedDisk(start);
        disk.fault = { step, what: 'kill', portion: 0.5 };
        const isDone = await lockFile('prod/x.lock', dead, { isBreaking: false, files: disk }).then(
          () => true,
          () => false,
        );
        const survivor = disk.afterKill();
        await lockFile('prod/x.lock', up(), { isBreaking: false, files: survivor });
        expect(survivor.contents['prod/x.lock']).toContain(`"pid": ${process.pid}`);
        if (isDone && disk.steps <= step) break;
      }
    }
  });

  it('is reported with the cause if it cannot be written', async () => {
    const disk = new SimulatedDisk();
    disk.fault = { step: 0, what: 'EROFS' };
    await expect(lockFile('prod/x.lock', up(), { isBreaking: false, files: disk })).rejects.toMatchObject({
      code: 'STATE_WRITE_FAILED',
      exitCode: 4,
      message: 'cannot write prod/x.lock: prod is read-only',
    });
  });
});
