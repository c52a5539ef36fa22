import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseRenderer } from '../../src/report/choose-renderer.js';
import { createEventHub, type Renderer } from '../../src/report/event-hub.js';
import { createNdjsonRenderer } from '../../src/report/ndjson.js';
import { play } from './play.js';
import { recordingOutput } from './recording-output.js';
import { ref, started } from './sample-run.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('chooseRenderer', () => {
  const write = (
    output: ReturnType<typeof recordingOutput>,
    options: Parameters<typeof chooseRenderer>[1],
  ): string => {
    const renderer = chooseRenderer(output, options);
    const hub = play(renderer, started);
    vi.advanceTimersByTime(200);
    void hub.close();
    return output.text();
  };

  it('selects the live renderer on a terminal only', () => {
    const up = '\u001b[';
    expect(write(recordingOutput({ columns: 80 }), { format: 'auto', env: {} })).toContain(up);
    expect(write(recordingOutput(), { format: 'auto', env: {} })).not.toContain(up);
    expect(write(recordingOutput({ columns: 80 }), { format: 'auto', env: { CI: 'true' } })).not.toContain(
      up,
    );
    expect(write(recordingOutput({ columns: 80 }), { format: 'plain', env: {} })).not.toContain(up);
    expect(write(recordingOutput({ columns: 80 }), { format: 'json', env: {} })).toMatch(/^\{"time"/);
  });

  it('neither moves the cursor nor uses colours on a dumb terminal', () => {
    expect(write(recordingOutput({ columns: 80 }), { format: 'auto', env: { TERM: 'dumb' } })).not.toContain(
      '\u001b',
    );
  });

  it('disables colours with NO_COLOR', () => {
    expect(write(recordingOutput({ columns: 80 }), { format: 'auto', env: { NO_COLOR: '1' } })).not.toContain(
      '\u001b[1m',
    );
    expect(write(recordingOutput({ columns: 80 }), { format: 'auto', env: {} })).toContain('\u001b[1m');
  });
});

describe('the event hub', () => {
  it('never throws, and a failing renderer does not keep events from the others', async () => {
    const output = recordingOutput();
    const bad: Renderer = {
      onEvent: () => {
        throw new Error('gone');
      },
      close: () => Promise.reject(new Error('gone')),
    };
    const hub = createEventHub([bad, createNdjsonRenderer(output)]);
    hub.emit({ type: 'debug', message: 'hello' });
    await hub.close();
    expect(output.text()).toContain('hello');
  });

  it('removes secrets before any renderer gets an event', () => {
    const output = recordingOutput();
    createEventHub([createNdjsonRenderer(output)]).emit({ type: 'debug', message: 'password=hunter2' });
    expect(output.text()).not.toContain('hunter2');
  });

  it('counts completed operations, closes once, and emits nothing afterwards', async () => {
    const renderer = { onEvent: vi.fn(), close: vi.fn() };
    const hub = createEventHub([renderer]);
    hub.emit({ type: 'operation-finished', ...ref('etcd', 'create etcd'), durationMs: 1 });
    await Promise.all([hub.close(), hub.close()]);
    hub.emit({ type: 'debug', message: 'late' });
    expect([hub.done, renderer.onEvent.mock.calls.length, renderer.close.mock.calls.length]).toEqual([
      1, 1, 1,
    ]);
  });
});
