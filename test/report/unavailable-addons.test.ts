import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPlainRenderer } from '../../src/report/plain.js';
import { play } from './play.js';
import { recordingOutput } from './recording-output.js';
import { started } from './sample-run.js';

beforeEach(() => vi.useFakeTimers({ now: new Date('2026-11-21T12:00:00') }));
afterEach(() => vi.useRealTimers());

it.each([
  ['done', 'Cluster prod is up in 9.0s. 0 operations done, 30 unchanged.'],
  [
    'no-change',
    'cluster prod · 2 hosts · no change: 8 containers, 20 files and 2 add-ons are as planned (9.0s)',
  ],
] as const)(
  'a run with the outcome %s ends with the add-ons that it did not wait for',
  (outcome, summary) => {
    const output = recordingOutput();
    const unavailable = [
      { addon: 'rke-metrics-addon', lacks: ['Deployment metrics-server: 0 of 1 replicas available'] },
    ];
    const unchanged = { containers: 8, files: 20, addons: 2 };
    const end = { type: 'run-finished', outcome, durationMs: 9000, done: 0, failed: 0, unchanged } as const;
    play(createPlainRenderer(output, { isQuiet: true }), [...started, [0, { ...end, unavailable }]]);
    const lines = [
      'WARN [run] Not available yet: rke-metrics-addon (Deployment metrics-server: 0 of 1 replicas available)',
      'WARN [run] `rke up --wait all` waits for it',
      `INFO [run] Finished building Kubernetes cluster successfully: ${summary}`,
    ];
    expect(output.text()).toBe(lines.map((line) => `12:00:00 ${line}\n`).join(''));
  },
);
