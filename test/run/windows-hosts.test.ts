import { expect, it } from 'vitest';
import { refuseWindows } from '../../src/run/checks/windows-hosts.js';
import type { RunFailedError } from '../../src/core/hosts-error.js';

it('takes hosts with Linux', () => {
  expect(() => refuseWindows(new Map([['10.0.0.1', { osType: 'linux' }]]))).not.toThrow();
});

it('names every host with Windows, and what to do with it', () => {
  const facts = new Map(
    ['linux', 'windows', 'windows'].map((osType, index) => [`10.0.0.${index}`, { osType }]),
  );
  const refused = (): RunFailedError => {
    try {
      refuseWindows(facts);
    } catch (error) {
      return error as RunFailedError;
    }
    throw new Error('not refused');
  };
  const { failures, exitCode } = refused();
  expect(exitCode).toBe(6);
  expect(failures.map(({ host }) => host)).toEqual(['10.0.0.1', '10.0.0.2']);
  expect(failures[0]?.error).toMatchObject({
    code: 'WINDOWS_HOST',
    message: 'it runs Windows, and rke works on hosts with Linux alone',
    details: { fix: 'take 10.0.0.1 out of cluster.yml, or go on with RKE v1 for this cluster' },
  });
});
