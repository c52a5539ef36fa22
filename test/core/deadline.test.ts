import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DeadlineError, startDeadline, withDeadline } from '../../src/core/deadline.js';

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

describe('startDeadline', () => {
  it('aborts with a DeadlineError when the time is up', async () => {
    using deadline = startDeadline(5);
    await expect(aborted(deadline.signal)).rejects.toThrow(DeadlineError);
    expect(deadline.signal.reason).toMatchObject({ name: 'TimeoutError', milliseconds: 5 });
  });

  it('aborts with the reason of its parent', async () => {
    const parent = new AbortController();
    using deadline = startDeadline(60_000, parent.signal);
    const reason = new Error('interrupted');
    const ended = aborted(deadline.signal);
    parent.abort(reason);
    await expect(ended).rejects.toBe(reason);
  });

  it('is aborted from the start if its parent is', () => {
    const reason = new Error('interrupted');
    using deadline = startDeadline(60_000, AbortSignal.abort(reason));
    expect(deadline.signal.reason).toBe(reason);
  });

  it('leaves neither a timer nor a listener behind when it is disposed', () => {
    const parent = new AbortController();
    let listeners = 0;
    const { signal } = parent;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listeners += 1;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...given);
    };
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    for (let call = 0; call < 100; call += 1) startDeadline(60_000, signal)[Symbol.dispose]();
    // One serves all that follow the signal.
    expect(listeners).toBe(1);
    expect(timers()).toBe(before);
  });
});

describe('withDeadline', () => {
  it('returns what the work returns', async () => {
    await expect(withDeadline({ milliseconds: 60_000 }, () => Promise.resolve(3))).resolves.toBe(3);
  });

  it('releases its timer when the work fails', async () => {
    const failing = withDeadline({ milliseconds: 60_000 }, () => Promise.reject(new Error('refused')));
    await expect(failing).rejects.toThrow('refused');
  });

  // In a separate process, because vitest's workers are started without --expose-gc.
  it('fires after the garbage collector has run', () => {
    const module = fileURLToPath(new URL('../../src/core/deadline.ts', import.meta.url));
    const script = `
      const { withDeadline } = await import(${JSON.stringify(module)});
      const run = new AbortController();
      const ended = withDeadline({ milliseconds: 300, signal: run.signal }, (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
      ended.catch((error) => console.log(error.name));
      setTimeout(gc, 20); setTimeout(gc, 100);
      setTimeout(() => process.exit(), 5000).unref();
      await ended.catch(() => undefined);`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--expose-gc', '--import', 'tsx', '--input-type=module', '-e', script],
      { encoding: 'utf8', timeout: 20_000 },
    );
    expect(stderr).toBe('');
    expect(stdout).toBe('TimeoutError\n');
  });
});
