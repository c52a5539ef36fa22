import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { withBatchedOutput } from '../../src/report/batched-output.js';
import { createNdjsonRenderer } from '../../src/report/ndjson.js';
import type { RkeEvent } from '../../src/core/events.js';

const event = (message: string): RkeEvent => ({ type: 'debug', time: '2031-01-01T00:00:00.000Z', message });

function play(): { readonly writes: string[]; readonly renderer: ReturnType<typeof withBatchedOutput> } {
  const writes: string[] = [];
  const renderer = withBatchedOutput({ write: (text) => writes.push(text) }, createNdjsonRenderer);
  return { writes, renderer };
}

const messages = (writes: readonly string[]): string[][] =>
  writes.map((text) =>
    text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { message: string }).message),
  );

it('events of one turn of the event loop are one write, in their order', async () => {
  const { writes, renderer } = play();
  renderer.onEvent(event('a'));
  renderer.onEvent(event('b'));
  expect(writes).toEqual([]);
  await nextTurn();
  renderer.onEvent(event('c'));
  await nextTurn();
  expect(messages(writes)).toEqual([['a', 'b'], ['c']]);
});

it('everything is written before the terminal is used otherwise, and at the end', async () => {
  const { writes, renderer } = play();
  renderer.onEvent(event('a'));
  const resume = renderer.pause?.();
  expect(messages(writes)).toEqual([['a']]);
  resume?.();
  renderer.onEvent(event('b'));
  await renderer.close();
  expect(messages(writes)).toEqual([['a'], ['b']]);
  await nextTurn();
  expect(writes).toHaveLength(2);
});

it('an output that fails does not end the run', async () => {
  const renderer = withBatchedOutput(
    {
      write: () => {
        throw new Error('EPIPE');
      },
    },
    createNdjsonRenderer,
  );
  renderer.onEvent(event('a'));
  await nextTurn();
  expect(renderer.close()).toBeUndefined();
});
