import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './tools/summary-reporter.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Two files at a time on real nodes (what they share is locked), with time for images that are built for the first time. */
const onRealNodes = {
  pool: 'forks',
  maxWorkers: 2,
  // After the fast ones.
  sequence: { groupOrder: 1 },
  testTimeout: 300_000,
  hookTimeout: 45 * 60_000,
} as const;

const traefik = 'test/e2e/traefik.test.ts';

/** `unit` runs in parallel and needs nothing; `lab` needs real nodes; `traefik` needs an image that is not built for the others. */
export default defineConfig({
  root,
  // As programs import it; see examples/library-use.ts.
  resolve: { alias: { rke: `${root}src/index.ts` } },
  test: {
    restoreMocks: true,
    reporters: ['default', new SummaryReporter()],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          // Some make RSA keys by the dozen, side by side with all the others: how long that takes says nothing of the code.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'lab',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [traefik],
          ...onRealNodes,
        },
      },
      { extends: true, test: { name: 'traefik', include: [traefik], ...onRealNodes } },
    ],
  },
});
