import { expect, it } from 'vitest';
import type { EventPayload, RkeEvent } from '../../src/core/events.js';
import { createEventHub } from '../../src/report/event-hub.js';
import { Progress } from '../../src/report/progress.js';
import { plainStyle } from '../../src/report/style.js';
import { liveStageLines } from '../../src/report/tty-lines.js';

// A run on a thousand hosts emits thousands of events and draws ten frames a second. The cost of each of them must
// not grow with the number of hosts, otherwise reporting delays the work on the hosts.

const hosts = 1200;
const time = '2026-11-21T12:00:00.000Z';

const planned: EventPayload = {
  type: 'plan-made',
  operations: hosts,
  stages: [{ stage: 'images', operations: hosts }],
  unchanged: { containers: 0, files: 0, addons: 0 },
};
const ref = (index: number): { operation: string; title: string; stage: string; host: string } => ({
  operation: `pull@${index}`,
  title: 'pull rancher/hyperkube:v1',
  stage: 'images',
  host: `10.0.${index >> 8}.${index & 255}`,
});

function progressOfAll(): Progress {
  const progress = new Progress();
  progress.note({ time, ...planned });
  for (let index = 0; index < hosts; index += 1)
    progress.note({ time, type: 'operation-started', ...ref(index) });
  return progress;
}

it('a frame renders only the lines that are shown', () => {
  let dimmed = 0;
  const style = { ...plainStyle, dim: (text: string) => ((dimmed += 1), text) };
  const lines = liveStageLines(progressOfAll().stages, { style, width: 100, now: Date.parse(time) }, 38);
  expect(lines).toHaveLength(38);
  expect(lines.at(-1)).toContain('… 1164 more hosts');
  // One for the duration in each line.
  expect(dimmed).toBeLessThanOrEqual(38);
});

it('an event updates only what it concerns, and copies nothing', () => {
  const progress = progressOfAll();
  const [before] = progress.stages;
  const neighbour = before?.running.get('pull@8');
  progress.note({ time, type: 'operation-progress', text: '5 of 9 MB', ...ref(7) });
  const [after] = progress.stages;
  expect(after).toBe(before);
  expect(after?.running.get('pull@7')).toMatchObject({ text: '5 of 9 MB', startedAt: Date.parse(time) });
  expect(after?.running.get('pull@8')).toBe(neighbour);
});

it('an event is redacted once, however many renderers read it', () => {
  const seen: RkeEvent[] = [];
  const renderer = { onEvent: (event: RkeEvent) => void seen.push(event), close: () => undefined };
  createEventHub([renderer, renderer, renderer]).emit({ type: 'warning', message: 'password: x' });
  expect(seen).toHaveLength(3);
  expect(seen[0]).toMatchObject({ message: 'password: (redacted)' });
  expect(new Set(seen).size).toBe(1);
});
