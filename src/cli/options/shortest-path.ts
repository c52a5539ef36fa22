import { relative } from 'node:path';

/** The path as a person would write it: relative to the current directory if that is shorter. */
export function shortestPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.length < path.length ? fromHere : path;
}
