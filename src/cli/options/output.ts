import { Option } from 'commander';

/** `--output` of a command that prints a table, or JSON for programs. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'output format').choices(['text', 'json']).default('text');
}
