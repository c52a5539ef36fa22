import { vi } from 'vitest';
import { createEventHub, type EventHub, type Renderer } from '../../src/report/event-hub.js';
import type { Step } from './sample-run.js';

/** Plays a run into a renderer on the fake clock. */
export function play(renderer: Renderer, steps: readonly Step[]): EventHub {
  const hub = createEventHub([renderer]);
  continueWith(hub, steps);
  return hub;
}

/** Plays more steps of the run. */
export function continueWith(hub: EventHub, steps: readonly Step[]): void {
  for (const [milliseconds, event] of steps) {
    vi.advanceTimersByTime(milliseconds);
    hub.emit(event);
  }
}
