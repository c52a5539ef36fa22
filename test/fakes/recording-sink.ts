import type { EventPayload, EventSink } from '../../src/core/events.js';

/** A sink that records every event. */
export function recordingSink(): EventSink & { readonly events: EventPayload[] } {
  const events: EventPayload[] = [];
  return { events, emit: (event) => events.push(event) };
}
