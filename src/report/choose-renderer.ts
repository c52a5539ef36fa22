import { groupMarksOf } from './ci-groups.js';
import type { Renderer } from './event-hub.js';
import { withBatchedOutput } from './batched-output.js';
import { createNdjsonRenderer } from './ndjson.js';
import { createPlainRenderer } from './plain.js';
import { styleFor, type TextOutput } from './style.js';
import { createTtyRenderer } from './tty.js';

export interface RendererChoice {
  /** `auto`: live on a terminal, plain lines elsewhere and in CI. */
  readonly format: 'auto' | 'plain' | 'json';
  readonly quiet?: boolean | undefined;
  /** Prints what waits get as answers. */
  readonly verbose?: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Chooses the renderer for an output by its kind and the flags of the user. */
export function chooseRenderer(
  output: TextOutput,
  { format, quiet: isQuiet = false, verbose: isVerbose = false, env }: RendererChoice,
): Renderer {
  if (format === 'json') return withBatchedOutput(output, createNdjsonRenderer);
  const isLive = output.isTTY === true && env['TERM'] !== 'dumb' && (env['CI'] ?? '') === '';
  if (format === 'auto' && isLive && !isQuiet)
    return createTtyRenderer(output, { style: styleFor(output, env), isVerbose });
  const groups = format === 'plain' ? undefined : groupMarksOf(env);
  return withBatchedOutput(output, (batched) => createPlainRenderer(batched, { isQuiet, isVerbose, groups }));
}
