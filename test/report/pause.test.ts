import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { plainStyle } from '../../src/report/style.js';
import { createTtyRenderer } from '../../src/report/tty.js';
import { play } from './play.js';
import { recordingOutput, screenOf } from './recording-output.js';
import { started } from './sample-run.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('a prompt during live output', () => {
  it('is printed alone, and the live output continues after it', async () => {
    const output = recordingOutput({ columns: 80 });
    const hub = play(createTtyRenderer(output, { style: plainStyle }), started.slice(0, 1));
    vi.advanceTimersByTime(200);
    expect(screenOf(output.text())).toContain('prod');
    await hub.whilePaused(() => {
      expect(screenOf(output.text())).toBe('');
      output.write('Passphrase: ');
      vi.advanceTimersByTime(1000);
      expect(screenOf(output.text())).toBe('Passphrase: ');
      output.write('\n');
      return Promise.resolve();
    });
    vi.advanceTimersByTime(200);
    expect(screenOf(output.text())).toMatch(/^Passphrase: \n.*prod/s);
    await hub.close();
  });
});
