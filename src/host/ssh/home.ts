import { homedir } from 'node:os';

/** A path with `~/` as the shell reads it. */
export function expandHome(path: string): string {
  return path.startsWith('~/') ? `${homedir()}${path.slice(1)}` : path;
}
