import type { Renderer } from './event-hub.js';
import { createNdjsonRenderer } from './ndjson.js';
import { createPlainRenderer } from './plain.js';
import { styleFor, type TextOutput } from './style.js';
import { createTtyRenderer } from './tty.js';

export interface RendererChoice {
  /** `auto`: live on a terminal, plain lines elsewhere and in CI. */
  readonly format: 'auto' | 'plain' | 'json';
  readonly quiet?: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Chooses the renderer for an output by its kind and the flags of the user. */
export function chooseRenderer(output: TextOutput, { format, quiet = false, env }: RendererChoice): Renderer {
  if (format === 'json') return createNdjsonRenderer(output);
  const isLive = output.isTTY === true && env['TERM'] !== 'dumb' && (env['CI'] ?? '') === '';
  return format === 'auto' && isLive && !quiet
    ? createTtyRenderer(output, { style: styleFor(output, env) })
    : createPlainRenderer(output, { quiet });
}
