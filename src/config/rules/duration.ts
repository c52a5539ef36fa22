/** True for a duration in Go's notation: `12h`, `1h30m`, `0`. */
export function isDuration(text: string): boolean {
  return /^([-+]?((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+|0)$/.test(text);
}

/** True for a duration greater than zero. */
export function isPositiveDuration(text: string): boolean {
  return isDuration(text) && !text.startsWith('-') && /[1-9]/.test(text);
}
