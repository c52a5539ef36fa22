import { expect, it } from 'vitest';
import { throwAsBegun, throwAsEtcdFailure } from '../../../src/commands/etcd/etcd-session.js';
import { CancelledError, dockerError, exitCodes, sshError } from '../../../src/core/errors.js';
import { InterruptedError, RunFailedError } from '../../../src/core/hosts-error.js';

const failures = [{ title: 'connect', host: '10.0.0.1', error: sshError('SSH_UNREACHABLE', 'no answer') }];
const interrupted = new InterruptedError(new CancelledError('SIGINT'), failures);

const thrownBy = (rethrow: (error: unknown) => never, error: unknown): unknown => {
  try {
    return rethrow(error);
  } catch (thrown) {
    return thrown;
  }
};

it('a restore whose data is in place is continued by the same command, also if a host is not reached then', () => {
  const refused = new RunFailedError(failures);
  expect(refused.hasBegun).toBe(false);
  expect(thrownBy(throwAsBegun, refused)).toMatchObject({
    hasBegun: true,
    exitCode: exitCodes.ssh,
    failures,
  });
});

it.each([
  interrupted,
  new RunFailedError(failures, { isPartial: true, hasBegun: true }),
  dockerError('DOCKER_TIMEOUT', 'late'),
])('an error of a restore that needs no more words is thrown as it is: %s', (error) =>
  expect(thrownBy(throwAsBegun, error)).toBe(error),
);

it('a snapshot that fails on some hosts is a failure of etcd, and only that', () => {
  const partial = new RunFailedError(failures, { isPartial: true, hasBegun: true });
  expect(partial.exitCode).toBe(exitCodes.partial);
  expect(thrownBy(throwAsEtcdFailure, partial)).toMatchObject({ exitCode: exitCodes.etcd, hasBegun: true });
  for (const error of [interrupted, new RunFailedError(failures)])
    expect(thrownBy(throwAsEtcdFailure, error)).toBe(error);
});
