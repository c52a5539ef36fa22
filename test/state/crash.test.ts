import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { createFileStore, type FileStore } from '../../src/state/file-store.js';
import { createSeal } from '../../src/state/seal.js';
import { SimulatedDisk, type Fault } from './simulated-disk.js';

const path = 'prod/cluster.rkestate';
const cheap = { n: 2, r: 1, p: 1 };
const version = (number: number): ClusterState => ({
  desiredState: { encryptionConfig: `version ${number}` },
  currentState: {},
});
const numberOf = (state: ClusterState | undefined): number | undefined =>
  state && Number(state.desiredState.encryptionConfig?.split(' ')[1]);

interface Case {
  /** How many versions were written before, without a fault. */
  readonly before: number;
  readonly keep: number;
  readonly isSealed: boolean;
  /** True if the version written during the fault is the first encrypted one. */
  readonly becomesSealed: boolean;
}

function storeOn(files: SimulatedDisk, { keep, isSealed }: Case): FileStore {
  return createFileStore(path, { files, keep, seal: isSealed ? createSeal('secret', cheap) : undefined });
}

async function prepared(one: Case): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const store = storeOn(disk, { ...one, isSealed: one.isSealed && !one.becomesSealed });
  for (let number = 1; number <= one.before; number++) await store.save(version(number));
  return disk.afterKill();
}

/** Writes one more version during a fault. @returns true if the write reported success */
async function write(disk: SimulatedDisk, one: Case, fault: Fault | undefined): Promise<boolean> {
  disk.fault = fault;
  return storeOn(disk, one)
    .save(version(one.before + 1))
    .catch(() => false);
}

async function expectWhole(survivor: SimulatedDisk, one: Case, isDone: boolean): Promise<void> {
  const store = storeOn(survivor, one);
  const found = numberOf(await store.load());
  const old = one.before === 0 ? undefined : one.before;
  expect(isDone ? [one.before + 1] : [old, one.before + 1]).toContain(found);
  const kept = await keptVersions(store);
  expect(kept, 'whole versions, older ones after younger ones').toEqual([...kept].sort((a, b) => b - a));
  if (one.before > 0 && one.keep > 0) expect([found, ...kept], 'the last good version').toContain(one.before);
  // None of the versions to keep is lost, except the one that had to make room.
  for (let age = 1; age < one.keep && age < one.before; age++)
    expect([found, ...kept]).toContain(one.before - age + (age === 0 ? 0 : 0));

  await store.save(version(99));
  expect(numberOf(await store.load())).toBe(99);
  const after = await keptVersions(store);
  expect(new Set(after).size, 'each version once').toBe(after.length);
  const names = Object.keys(survivor.contents);
  expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(names.length).toBeLessThanOrEqual(one.keep + 1);
  if (one.isSealed) expect(JSON.stringify(survivor.contents)).not.toContain('version 9');
}

async function keptVersions(store: FileStore): Promise<number[]> {
  const texts = (await store.backups()).map(async (backup) => (await store.read(backup))?.text ?? '');
  return (await Promise.all(texts)).map((text) => numberOf(JSON.parse(text) as ClusterState) ?? 0);
}

const cases = fc.record({
  before: fc.nat(7),
  keep: fc.nat(4),
  isSealed: fc.boolean(),
  becomesSealed: fc.boolean(),
});

async function stepsOf(one: Case): Promise<number> {
  const disk = await prepared(one);
  expect(await write(disk, one, undefined)).toBe(true);
  return disk.steps;
}

describe('a state file during a write', () => {
  it('is one of two complete versions after a kill at any step, and the next run continues', async () => {
    const run = async (one: Case, portion: number): Promise<void> => {
      const steps = await stepsOf(one);
      for (let step = 0; step < steps; step++) {
        const disk = await prepared(one);
        const isDone = await write(disk, one, { step, what: 'kill', portion });
        await expectWhole(disk.afterKill(), one, isDone);
      }
    };
    await fc.assert(fc.asyncProperty(cases, fc.double({ min: 0, max: 1, noNaN: true }), run), {
      numRuns: 40,
    });
  }, 60_000);

  it('is one of two complete versions after a power failure at any step', async () => {
    const run = async (one: Case, portion: number, kept: number): Promise<void> => {
      const steps = await stepsOf(one);
      for (let step = 0; step <= steps; step++) {
        const disk = await prepared(one);
        const isDone = await write(disk, one, { step, what: 'kill', portion });
        await expectWhole(disk.afterPowerCut(kept, portion), one, isDone);
      }
    };
    await fc.assert(fc.asyncProperty(cases, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(6), run), {
      numRuns: 40,
    });
  }, 60_000);

  it.each(['ENOSPC', 'EROFS', 'EACCES', 'EIO'] as const)(
    'is unchanged if a step fails with %s, or is the new one if that was written',
    async (what) => {
      const run = async (one: Case, portion: number): Promise<void> => {
        const steps = await stepsOf(one);
        for (let step = 0; step < steps; step++) {
          const disk = await prepared(one);
          disk.fault = { step, what, portion };
          const saving = storeOn(disk, one).save(version(one.before + 1));
          const isDone = await saving.catch((error: unknown) => {
            expect(error).toMatchObject({ code: 'STATE_WRITE_FAILED', exitCode: 4 });
            return false;
          });
          const names = Object.keys(disk.contents);
          // The next write removes leftovers that could not be removed.
          if (!isDone) expect(names.filter((name) => name.endsWith('.tmp')).length).toBeLessThanOrEqual(1);
          await expectWhole(disk.afterKill(), one, isDone);
        }
      };
      await fc.assert(fc.asyncProperty(cases, fc.double({ min: 0, max: 1, noNaN: true }), run), {
        numRuns: 5,
      });
    },
    60_000,
  );
});
