import { expect, it } from 'vitest';
import { refuseWindows } from '../../src/run/checks/windows-hosts.js';
import type { RunFailedError } from '../../src/core/hosts-error.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { withCurrent, withDesired } from '../../src/state/next-state.js';
import { a, b, node, specOf, yml } from '../config/running/judge.js';

const secrets = { certificates: {}, encryptionConfig: '' };
const mixed = yml([node(a), node(b, 'role: [worker]')]);
const begun = withDesired(undefined, specOf(mixed), secrets);

it('a run accepts Linux hosts', () => {
  expect(() => refuseWindows(new Map([[a, { osType: 'linux' }]]), undefined)).not.toThrow();
});

function refused(windows: readonly string[], state: ClusterState | undefined): RunFailedError {
  const facts = new Map(
    [a, b].map((host) => [host, { osType: windows.includes(host) ? 'windows' : 'linux' }]),
  );
  try {
    refuseWindows(facts, state);
  } catch (error) {
    return error as RunFailedError;
  }
  throw new Error('not refused');
}

it('a run refuses Windows hosts and lists each of them, with a fix for new ones', () => {
  const { failures, exitCode } = refused([a, b], undefined);
  expect(exitCode).toBe(6);
  expect(failures.map(({ host }) => host)).toEqual([a, b]);
  expect(failures[0]?.error).toMatchObject({
    code: 'WINDOWS_HOST',
    message: 'the host runs Windows, and rke supports only Linux hosts',
    details: { fix: 'remove the host from cluster.yml, or replace it with a Linux host' },
  });
});

it.each([
  ['runs', withCurrent(begun)],
  ['has not finished its first run', begun],
])('the fix for a Windows host never suggests to remove it from a cluster that %s', (_what, state) => {
  const { fix } = refused([b], state).failures[0]?.error as { fix?: string };
  expect(fix).toContain('with RKE v1');
  expect(fix).not.toContain('cluster.yml');
});
