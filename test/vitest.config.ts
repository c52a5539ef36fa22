import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './tools/summary-reporter.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Two projects: `unit` runs in parallel and needs nothing; `lab` runs one file after another on real nodes. */
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
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'lab',
          include: ['test/e2e/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          // After the fast ones, and with time for images that are built for the first time.
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 45 * 60_000,
        },
      },
    ],
  },
});
