import { homedir } from 'node:os';

/** A path with `~/` expanded as by the shell. */
export function expandHome(path: string): string {
  return path.startsWith('~/') ? `${homedir()}${path.slice(1)}` : path;
}
