import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RkeError } from '../../src/core/errors.js';
import { openLockedSession, openSession } from '../../src/run/session.js';
import { encodeState } from '../../src/state/codec.js';
import { useFolder } from '../cli/run.js';

describe('the flag --ssh-agent-auth', () => {
  it('applies to every host and to the bastion host', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rke-session-'));
    const configPath = join(folder, 'cluster.yml');
    await writeFile(
      configPath,
      `nodes: [{ address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }]
bastion_host: { address: 10.0.0.2, user: ops }
`,
    );
    const { signal } = new AbortController();
    const options = { configPath, signal, events: { emit: () => undefined }, concurrency: 1, reading: {} };
    const { spec } = await openSession({ ...options, sshAgentAuth: true }, { forChange: false });
    await rm(folder, { recursive: true });
    expect([...spec.nodes, spec.bastionHost].map((host) => host?.sshAgentAuth)).toEqual([true, true]);
  });
});

describe('a restore that was started and not finished', () => {
  const folder = useFolder();
  const { signal } = new AbortController();
  const options = () => ({
    configPath: join(folder(), 'cluster.yml'),
    ...{ signal, events: { emit: () => undefined }, concurrency: 1, reading: {} },
  });
  const write = (state: object): Promise<void> =>
    writeFile(
      join(folder(), 'cluster.rkestate'),
      encodeState({ desiredState: {}, currentState: {}, ...state }),
    );
  const codeOf = (opened: Promise<AsyncDisposable | object>): Promise<string | undefined> =>
    opened.then(
      async (session) => {
        if (Symbol.asyncDispose in session) await session[Symbol.asyncDispose]();
        return undefined;
      },
      (error: unknown) => (error as RkeError).code,
    );
  const open = (needs: { forChange: boolean; duringRestore?: boolean }): Promise<string | undefined> =>
    codeOf(openLockedSession(options(), { ...needs, command: 'rke x' }));

  beforeEach(async () => {
    await writeFile(
      join(folder(), 'cluster.yml'),
      'nodes: [{ address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }]\n',
    );
    await write({ restore: { name: 'nightly', id: 'abc' } });
  });

  it('refuses commands that change the cluster, with the command that continues it', async () => {
    const opened = openLockedSession(options(), { forChange: true, command: 'rke up' });
    await expect(opened).rejects.toMatchObject({
      ...{ code: 'RESTORE_UNFINISHED', exitCode: 8 },
      message: 'the restore of snapshot nightly was started and not finished',
      details: {
        fix: 'continue it with `rke etcd snapshot-restore --name nightly`, or put everything back with `rke etcd snapshot-restore --name nightly --cancel`',
      },
    });
    expect(await open({ forChange: false })).toBe('RESTORE_UNFINISHED');
  });

  it('offers no way back once etcd has started with the new data', async () => {
    await write({ restore: { name: 'nightly', id: 'abc', accepted: true } });
    const opened = openLockedSession(options(), { forChange: true, command: 'rke up' });
    await expect(opened).rejects.toMatchObject({
      details: { fix: 'continue it with `rke etcd snapshot-restore --name nightly`' },
    });
  });

  it('refuses a plan, and no command that only reads', async () => {
    expect(await codeOf(openSession(options(), { forChange: true }))).toBe('RESTORE_UNFINISHED');
    expect(await codeOf(openSession(options(), { forChange: false }))).toBeUndefined();
  });

  it('refuses neither its own command, nor any once it is finished', async () => {
    expect(await open({ forChange: false, duringRestore: true })).toBeUndefined();
    await write({});
    expect(await open({ forChange: true })).toBeUndefined();
  });

  it('leaves no lock behind when it refuses', async () => {
    expect(await open({ forChange: true })).toBe('RESTORE_UNFINISHED');
    expect(await open({ forChange: true })).toBe('RESTORE_UNFINISHED');
  });
});
