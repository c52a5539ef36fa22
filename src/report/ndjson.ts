import type { Renderer } from './event-hub.js';
import type { TextOutput } from './style.js';

/** One JSON object per line and event: `time` and `type` first, then the fields of docs/events.md. */
export function createNdjsonRenderer(output: TextOutput): Renderer {
  return {
    onEvent: ({ time, type, ...fields }) => output.write(`${JSON.stringify({ time, type, ...fields })}\n`),
    close: () => undefined,
  };
}
