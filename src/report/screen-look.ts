import { knownSize, styleFor, type Style, type TextOutput } from './style.js';

/** How a result is printed on a screen. */
export interface ScreenLook {
  readonly style: Style;
  /** Columns of the terminal; undefined for a pipe. */
  readonly width?: number | undefined;
  /** Folds nothing. */
  readonly verbose?: boolean | undefined;
}

/** Where lines of a pipe are wrapped. */
export const widest = 200;

/** The look for an output and the flags of the user. */
export function screenLookOf(
  output: TextOutput,
  {
    env,
    verbose,
  }: { readonly env: Readonly<Record<string, string | undefined>> } & Pick<ScreenLook, 'verbose'>,
): ScreenLook {
  return {
    style: styleFor(output, env),
    width: output.isTTY === true ? knownSize(output.columns) : undefined,
    verbose,
  };
}
