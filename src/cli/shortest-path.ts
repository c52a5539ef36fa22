import { relative } from 'node:path';

/** Paths are shown as people would write them. */
export function shortestPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.length < path.length ? fromHere : path;
}
