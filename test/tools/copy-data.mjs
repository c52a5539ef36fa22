// Second half of `npm run build`: tsc compiles, this copies the data files that the compiled code reads.
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
cpSync(`${root}src/versions/data`, `${root}dist/versions/data`, { recursive: true });
