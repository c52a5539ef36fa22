import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Io } from '../io.js';

/** For commands that run hooks around nodes and stages. */
export function hooksOption(): Option {
  return new Option('--hooks <file>', 'run the hooks of a file around nodes and stages (see docs/hooks.md)');
}

/** The path of the file, if there is one. */
export function readHooksFlag(
  { hooks }: { readonly hooks?: string },
  { cwd }: Pick<Io, 'cwd'>,
): string | undefined {
  return hooks === undefined ? undefined : resolve(cwd, hooks);
}
