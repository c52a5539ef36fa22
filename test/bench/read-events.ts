import type { RkeEvent } from '../../src/core/events.js';

/** The events of a run with `--log-format json`. */
export function readEvents(stderr: string): RkeEvent[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as RkeEvent);
}
