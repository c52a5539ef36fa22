import { expect, it } from 'vitest';
import { InterruptedError } from '../../src/core/hosts-error.js';
import type { RkeError } from '../../src/core/errors.js';
import { CancelledError, dockerError, TimedOutError } from '../../src/core/errors.js';
import { parseTimeout } from '../../src/cli/options/timeout.js';
import { formatError } from '../../src/report/format-error.js';
import { plainStyle } from '../../src/report/style.js';
import { limitRun } from '../../src/run/limit-run.js';
import { recordingSink } from '../fakes/recording-sink.js';

const options = (timeoutMilliseconds?: number, signal = new AbortController().signal) => ({
  configPath: 'cluster.yml',
  events: recordingSink(),
  signal,
  timeoutMilliseconds,
});

/** Ends when its signal is aborted, with what it makes of the reason. */
const untilStopped =
  (errorOf: (reason: RkeError) => Error) =>
  ({ signal }: { readonly signal: AbortSignal }): Promise<void> =>
    new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(errorOf(signal.reason as RkeError)), { once: true }),
    );

it('a run that takes too long is stopped with exit code 124, and that is reported when it happens', async () => {
  const given = options(20);
  const run = limitRun(
    given,
    untilStopped(() => new Error('whatever was interrupted')),
  );
  await expect(run).rejects.toMatchObject({ code: 'TIMED_OUT', exitCode: 124 });
  expect(given.events.events).toEqual([
    { type: 'warning', message: 'the time limit of 0.0s is over: completing running operations' },
  ]);
});

it('failures before the time limit are kept', async () => {
  const failures = [{ title: 'pull', host: '10.0.0.1', error: dockerError('PULL_FAILED', 'no image') }];
  const run = limitRun(
    options(20),
    untilStopped((reason) => new InterruptedError(reason, failures)),
  );
  await expect(run).rejects.toMatchObject({ exitCode: 124, failures });
});

it('a run within its limit is not changed, and neither is Ctrl-C', async () => {
  await expect(limitRun(options(60_000), () => Promise.resolve('done'))).resolves.toBe('done');
  const { signal } = options();
  await expect(limitRun(options(undefined, signal), (one) => Promise.resolve(one.signal))).resolves.toBe(
    signal,
  );
  const controller = new AbortController();
  const run = limitRun(
    options(60_000, controller.signal),
    untilStopped((reason) => reason),
  );
  controller.abort(new CancelledError('SIGINT'));
  await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
});

it('the time limit is printed like an interruption', () => {
  expect(formatError(new TimedOutError('30m 0s'), { style: plainStyle })).toBe(
    '! stopped by the time limit of 30m 0s: running operations were completed; nothing was rolled back. Run the same command again to continue.  (exit 124)',
  );
});

it.each([
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
])('--timeout %s is read', (text, milliseconds) => expect(parseTimeout(text)).toBe(milliseconds));

it.each(['', '30', '0s', '-5m', '5 m', '5x', '1m5', '1000h'])('--timeout "%s" is refused', (text) =>
  expect(() => parseTimeout(text)).toThrow('expected a duration such as 90s, 30m or 1h30m'),
);
