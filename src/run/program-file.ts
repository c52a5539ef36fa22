import { readFileSync } from 'node:fs';
import { getAsset, isSea } from 'node:sea';

/**
 * Reads a data file that is part of the program. A standalone executable has these files inside; otherwise they are beside
 * the code, in the sources and in the build. The only way to such a file: `test/release/assets.ts` puts all of them into
 * the executable.
 *
 * @param path `package.json`, or a path below `src`, such as `versions/data/own-images.json`
 */
export function readProgramFile(path: string): string {
  if (isSea()) return getAsset(path, 'utf8');
  const above = path === 'package.json' ? '../../' : '../';
  return readFileSync(new URL(`${above}${path}`, import.meta.url), 'utf8');
}
