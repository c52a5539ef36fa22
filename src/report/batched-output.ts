import type { Renderer } from './event-hub.js';
import type { TextOutput } from './style.js';

/** Writes what is printed in one turn of the event loop at once: a write to a pipe takes longer than what it reports. */
class BatchedOutput implements TextOutput {
  readonly #output: TextOutput;
  #text = '';

  constructor(output: TextOutput) {
    this.#output = output;
  }

  write(text: string): void {
    if (this.#text === '') setImmediate(() => this.flush());
    this.#text += text;
  }

  flush(): void {
    const text = this.#text;
    this.#text = '';
    try {
      if (text !== '') this.#output.write(text);
    } catch {
      // The same as for every renderer: a closed pipe does not end a run that works on hosts.
    }
  }
}

/** The same renderer with fewer writes. Everything is written before it pauses and when it is closed. */
export function withBatchedOutput(output: TextOutput, create: (output: TextOutput) => Renderer): Renderer {
  const batched = new BatchedOutput(output);
  const renderer = create(batched);
  return {
    onEvent: (event) => renderer.onEvent(event),
    pause: () => {
      const resume = renderer.pause?.();
      batched.flush();
      return () => resume?.();
    },
    close: () => {
      const closed = renderer.close();
      batched.flush();
      return closed;
    },
  };
}
