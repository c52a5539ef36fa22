import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { askHidden, canAsk } from '../../src/cli/ask-hidden.js';
import type { Io } from '../../src/cli/io.js';

/** A terminal on which keys can be pressed. */
function terminal(): { io: Io; press: (keys: string) => void; screen: () => string; modes: boolean[] } {
  const modes: boolean[] = [];
  let screen = '';
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => modes.push(isRaw),
  });
  const io = {
    stdin,
    stderr: { isTTY: true, write: (text: string) => (screen += text) },
    stdout: { write: () => undefined },
    env: {},
    cwd: '/',
  } as unknown as Io;
  return { io, press: (keys) => void stdin.write(keys), screen: () => screen, modes };
}

const signal = new AbortController().signal;

describe('a hidden question', () => {
  it('returns the answer without printing it', async () => {
    const { io, press, screen, modes } = terminal();
    const answer = askHidden(io, 'Passphrase: ', { signal });
    press('open ');
    press('sesame ä\r');
    expect(await answer).toBe('open sesame ä');
    expect(screen()).toBe('Passphrase: \n');
    expect(modes).toEqual([true, false]);
  });

  it('supports backspace and Ctrl-U', async () => {
    const { io, press } = terminal();
    const answer = askHidden(io, '', { signal });
    press('wrong\u0015opex\u007fn\n');
    expect(await answer).toBe('open');
  });

  it('ends when the run is interrupted, and restores the terminal', async () => {
    const { io, modes } = terminal();
    const control = new AbortController();
    const reason = new Error('stopped');
    const answer = askHidden(io, '', { signal: control.signal });
    control.abort(reason);
    await expect(answer).rejects.toBe(reason);
    expect(modes).toEqual([true, false]);
    expect(io.stdin.listenerCount('data')).toBe(0);
  });

  it('turns Ctrl-C into SIGINT', async () => {
    const { io, press } = terminal();
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    const answer = askHidden(io, '', { signal });
    press('a\u0003b\r');
    await answer;
    expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, 'SIGINT');
    kill.mockRestore();
  });

  it('needs a terminal for both stdin and stderr', () => {
    const { io } = terminal();
    expect(canAsk(io)).toBe(true);
    expect(canAsk({ ...io, stderr: { write: () => undefined } })).toBe(false);
  });
});
