import { InvalidArgumentError, Option } from 'commander';

/** For every command that may run for long. */
export function timeoutOption(): Option {
  return new Option(
    '--timeout <duration>',
    'stop like after Ctrl-C when the time is over, e.g. 30m (exit code 124)',
  ).argParser(parseTimeout);
}

/** For commands that may drain nodes. */
export function drainTimeoutOption(): Option {
  return new Option(
    '--drain-timeout <duration>',
    'how long the pods of a node may take to leave it, e.g. 10m (default: node_drain_input.timeout, 120s)',
  ).argParser(parseTimeout);
}

/** Whole seconds of a duration. */
export function toSeconds(duration: number | undefined): number | undefined {
  return duration === undefined ? undefined : Math.ceil(duration / 1000);
}

const milliseconds: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** The longest time of a timer in Node.js is 24 days. */
const most = 24 * 24 * 3_600_000;

/** Reads a duration in Go's notation, such as `90s` or `1h30m`. @throws InvalidArgumentError */
export function parseTimeout(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([smh])/g)];
  const isWhole = parts.map(([part]) => part).join('') === text;
  const total = parts.reduce(
    (sum, [, number = '', unit = '']) => sum + Number(number) * (milliseconds[unit] ?? 0),
    0,
  );
  if (!isWhole || total <= 0 || total > most)
    throw new InvalidArgumentError('expected a duration such as 90s, 30m or 1h30m, 24 days at most');
  return Math.round(total);
}
