import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeState } from '../../src/state/codec.js';
import { createFileStore } from '../../src/state/file-store.js';
import { rkeBundle } from '../pki/takeover.js';
import { kill, startChild } from './start-child.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rke-kill-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a process that writes states and is killed with SIGKILL', () => {
  it('leaves only complete versions, however often that happens in the same directory', async () => {
    const path = join(folder, 'cluster.rkestate');
    let last = -1;
    for (const milliseconds of [3, 17, 41, 68]) {
      const child = await startChild('write', path);
      // A random wait, so that the kill comes at a different moment every time.
      await sleep(milliseconds + Math.random() * 20);
      await kill(child);
      const store = createFileStore(path);
      const state = await store.load();
      expect(state?.desiredState.certificatesBundle).toEqual(rkeBundle);
      expect(state?.desiredState.encryptionConfig).toMatch(/^version \d+$/);
      for (const backup of await store.backups()) {
        const text = (await store.read(backup))?.text ?? '';
        expect(decodeState(text, backup).desiredState.certificatesBundle).toEqual(rkeBundle);
      }
      last = Number(state?.desiredState.encryptionConfig?.split(' ')[1]);
    }
    expect(last).toBeGreaterThanOrEqual(0);
    await createFileStore(path).save({ desiredState: {}, currentState: {} });
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }, 60_000);
});
