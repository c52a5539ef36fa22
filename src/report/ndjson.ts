import type { Renderer } from './event-hub.js';
import type { TextOutput } from './style.js';

/** Version of the format in docs/events.md: raised if a type or a member is removed or gets another meaning, not if one is added. */
export const eventSchema = 1;

/** One JSON object per line and event: `time`, `type` and `schema` first, then the members of docs/events.md. */
export function createNdjsonRenderer(output: TextOutput): Renderer {
  return {
    onEvent: ({ time, type, ...members }) =>
      output.write(`${JSON.stringify({ time, type, schema: eventSchema, ...members })}\n`),
    close: () => undefined,
  };
}
